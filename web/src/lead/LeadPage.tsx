import { ScrollArea, Stack, Tabs } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Lead } from "../api/types";
import { usePageTitle } from "../app/title";
import { Async, Empty } from "../ui/States";
import { BotPanel } from "./BotPanel";
import { Feed } from "./Feed";
import { Fields } from "./Fields";
import classes from "./Lead.module.css";
import { LeadChats } from "./LeadChats";
import { LeadHeader } from "./LeadHeader";
import { Notes } from "./Notes";
import { leadQuery } from "./queries";
import { Tasks } from "./Tasks";

const route = getRouteApi("/shell/leads/$id");

export function LeadPage() {
  const { id } = route.useParams();
  const query = useQuery(leadQuery(id));
  usePageTitle(query.data ? query.data.name || `Lead ${id}` : "Lead");
  return (
    <Async
      query={query}
      empty={
        <Empty page title="There is no such lead">
          It may have been deleted.
        </Empty>
      }
    >
      {(lead) => <LeadView key={lead.id} lead={lead} />}
    </Async>
  );
}

function LeadView({ lead }: { lead: Lead }) {
  // Undefined only before the first measurement; a wide page is then the better guess.
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  return (
    <div className={classes.page}>
      <LeadHeader lead={lead} />
      {narrow ? <Narrow lead={lead} /> : <Wide lead={lead} />}
    </div>
  );
}

function Wide({ lead }: { lead: Lead }) {
  return (
    <div className={classes.wide}>
      <ScrollArea className={classes.side} type="auto">
        <Fields lead={lead} />
      </ScrollArea>
      <div className={classes.middle}>
        <LeadChats lead={lead} />
      </div>
      <ScrollArea className={classes.side} type="auto">
        <Stack gap="lg" p="md">
          <BotPanel lead={lead.id} />
          <Work lead={lead.id} />
        </Stack>
      </ScrollArea>
    </div>
  );
}

function Narrow({ lead }: { lead: Lead }) {
  return (
    <Tabs defaultValue="chat" keepMounted={false} className={classes.tabs}>
      <Tabs.List grow>
        <Tabs.Tab value="chat">Chat</Tabs.Tab>
        <Tabs.Tab value="fields">Lead</Tabs.Tab>
        <Tabs.Tab value="bot">Bot</Tabs.Tab>
        <Tabs.Tab value="work">Work</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="chat" className={classes.panel}>
        <LeadChats lead={lead} />
      </Tabs.Panel>
      <Tabs.Panel value="fields" className={classes.panel} data-scroll>
        <Fields lead={lead} />
      </Tabs.Panel>
      <Tabs.Panel value="bot" className={classes.panel} data-scroll p="md">
        <BotPanel lead={lead.id} />
      </Tabs.Panel>
      <Tabs.Panel value="work" className={classes.panel} data-scroll p="md">
        <Work lead={lead.id} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** What people do about the lead: tasks, and the notes and events of its past. */
function Work({ lead }: { lead: number }) {
  const [past, setPast] = useState<string | null>("notes");
  return (
    <Stack gap="lg">
      <Tasks lead={lead} />
      <Tabs value={past} onChange={setPast} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="notes">Notes</Tabs.Tab>
          <Tabs.Tab value="feed">Feed</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="notes">
          <Notes lead={lead} />
        </Tabs.Panel>
        <Tabs.Panel value="feed">
          <Feed lead={lead} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
