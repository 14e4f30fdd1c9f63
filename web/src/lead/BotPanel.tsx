import { Anchor, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { IconHandStop, IconPlayerPlay, IconRobot } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { launchBot } from "../api/bots";
import { keys } from "../api/keys";
import { handBack, takeOver } from "../api/leads";
import { botsQuery } from "../bots/queries";
import { notifyDone } from "../ui/notify";
import { isAlive, RunStatus } from "../ui/RunStatus";
import { SectionTitle } from "../ui/SectionTitle";
import { Async } from "../ui/States";
import { Ago } from "../ui/Time";
import { LiveRun } from "./LiveRun";
import { chatsQuery, runsQuery } from "./queries";

/** Who talks to the client now: the bots, with where each of them stands, or a person. */
export function BotPanel({ lead }: { lead: number }) {
  const query = useQuery(runsQuery(lead));
  const nothing = (
    <Text size="sm" c="dimmed">
      No bot has run for this lead.
    </Text>
  );
  return (
    <Stack gap="xs" component="section" aria-label="Bots">
      <Group justify="space-between">
        <SectionTitle>Bots</SectionTitle>
        <Group gap={6}>
          <Hand lead={lead} />
          <Launch lead={lead} />
        </Group>
      </Group>
      <Async query={query} empty={nothing}>
        {(runs) => (
          <>
            {runs
              .filter((run) => isAlive(run.status))
              .map((run) => (
                <LiveRun key={run.id} run={run} lead={lead} />
              ))}
            {runs
              .filter((run) => !isAlive(run.status))
              .slice(0, 5)
              .map((run) => (
                <Group key={run.id} gap={6} wrap="nowrap" justify="space-between">
                  <Anchor
                    size="sm"
                    truncate
                    c="dimmed"
                    renderRoot={(props) => <Link to="/runs/$id" params={{ id: run.id }} {...props} />}
                  >
                    {run.bot_name ?? `Bot ${run.bot_id}`}
                  </Anchor>
                  <Group gap={6} wrap="nowrap">
                    <RunStatus status={run.status} />
                    <Ago
                      at={run.ended_at ?? run.created_at}
                      size="xs"
                      c="dimmed"
                      style={{ whiteSpace: "nowrap" }}
                    />
                  </Group>
                </Group>
              ))}
          </>
        )}
      </Async>
    </Stack>
  );
}

/** Taking over and giving back: one button, because only one of the two is possible. */
function Hand({ lead }: { lead: number }) {
  const client = useQueryClient();
  const taken = useQuery(chatsQuery(lead)).data?.some((chat) => chat.taken_over_by);
  const change = useMutation({
    mutationFn: () => (taken ? handBack(lead) : takeOver(lead)),
    onSuccess: () => notifyDone(taken ? "The bots may talk again" : "You talk now; the bots are silent"),
    onSettled: () =>
      Promise.all(
        [keys.runs(lead), keys.chats(lead), keys.lead(lead)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const Icon = taken ? IconRobot : IconHandStop;
  return (
    <Button
      size="compact-sm"
      variant={taken ? "filled" : "light"}
      color={taken ? "teal" : "orange"}
      leftSection={<Icon size={14} />}
      loading={change.isPending}
      onClick={() => change.mutate()}
    >
      {taken ? "Hand back" : "Take over"}
    </Button>
  );
}

function Launch({ lead }: { lead: number }) {
  const client = useQueryClient();
  const bots = useQuery(botsQuery).data ?? [];
  const launch = useMutation({
    mutationFn: (bot: number) => launchBot(bot, lead),
    onSuccess: () => notifyDone("The bot was launched"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.runs(lead) }),
  });
  const ready = bots.filter((bot) => bot.published_version);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlayerPlay size={14} />}
          loading={launch.isPending}
        >
          Launch
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={300} style={{ overflowY: "auto" }}>
        {ready.length === 0 && <Menu.Label>No bot is published yet</Menu.Label>}
        {ready.map((bot) => (
          <Menu.Item key={bot.id} onClick={() => launch.mutate(bot.id)}>
            {bot.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
