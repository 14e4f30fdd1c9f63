import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight } from "@mantine/spotlight";
import {
  IconKey,
  IconLayoutKanban,
  IconMoon,
  IconPlugConnected,
  IconRobot,
  IconSearch,
  IconUser,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { keys } from "../api/keys";
import { searchLeads } from "../api/leads";
import { pipelinesQuery } from "../board/queries";
import { botsQuery } from "../bots/queries";
import { useSchemeToggle } from "./SchemeSwitch";

interface Command {
  id: string;
  label: string;
  description: string;
  icon: ReactNode;
  run: () => void;
}

/** The command palette: jump to any page, pipeline or bot, and find leads by what the server knows of them. */
export function Palette() {
  const [query, setQuery] = useState("");
  const commands = useCommands();
  const needle = query.trim().toLowerCase();
  const leads = useLeads(query.trim());
  const found = commands.filter((command) => command.label.toLowerCase().includes(needle));
  const shown = [...leads, ...found];
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      clearQueryOnClose
      attributes={{ content: { "aria-label": "Search leads, jump anywhere" } }}
    >
      <Spotlight.Search placeholder="Lead, contact, bot or page" leftSection={<IconSearch size={18} />} />
      <Spotlight.ActionsList mah="60vh" style={{ overflowY: "auto" }}>
        {shown.map(({ id, label, description, icon, run }) => (
          <Spotlight.Action
            key={id}
            label={label}
            description={description}
            leftSection={icon}
            onClick={run}
          />
        ))}
        {shown.length === 0 && <Spotlight.Empty>Nothing is called that</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useCommands(): Command[] {
  const navigate = useNavigate();
  const { toggle } = useSchemeToggle();
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const bots = useQuery(botsQuery).data ?? [];
  return [
    ...pipelines.map(({ id, name }) => ({
      id: `pipeline-${id}`,
      label: name,
      description: "Pipeline",
      icon: <IconLayoutKanban size={18} />,
      run: () => void navigate({ to: "/pipelines/$id", params: { id } }),
    })),
    ...bots.map(({ id, name }) => ({
      id: `bot-${id}`,
      label: name,
      description: "Bot",
      icon: <IconRobot size={18} />,
      run: () => void navigate({ to: "/bots/$id", params: { id } }),
    })),
    {
      id: "bots",
      label: "Bots",
      description: "All bots, versions and triggers",
      icon: <IconRobot size={18} />,
      run: () => void navigate({ to: "/bots" }),
    },
    {
      id: "channels",
      label: "Channels",
      description: "Live chat, Telegram",
      icon: <IconPlugConnected size={18} />,
      run: () => void navigate({ to: "/channels" }),
    },
    {
      id: "secrets",
      label: "Secrets",
      description: "Keys of the services that bots call",
      icon: <IconKey size={18} />,
      run: () => void navigate({ to: "/secrets" }),
    },
    {
      id: "colours",
      label: "Switch between light and dark",
      description: "Colours",
      icon: <IconMoon size={18} />,
      run: toggle,
    },
  ];
}

function useLeads(query: string): Command[] {
  const navigate = useNavigate();
  const [text] = useDebouncedValue(query, 250);
  const { data = [] } = useQuery({
    queryKey: keys.search(text),
    queryFn: ({ signal }) => searchLeads(text, signal),
    enabled: text.length > 1,
  });
  if (query.length < 2) return [];
  return data.map((lead) => ({
    id: `lead-${lead.id}`,
    label: lead.name,
    description: `Lead ${lead.id}`,
    icon: <IconUser size={18} />,
    run: () => void navigate({ to: "/leads/$id", params: { id: lead.id } }),
  }));
}
