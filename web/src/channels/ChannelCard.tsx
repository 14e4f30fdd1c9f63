import { ActionIcon, Badge, Button, Code, CopyButton, Group, Paper, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Channel } from "../api/types";
import { pipelinesQuery } from "../board/queries";
import { ChannelIcon, channelName } from "../ui/channel";
import { embedSnippet } from "./embed";

export function ChannelCard({ channel, onEdit }: { channel: Channel; onEdit: () => void }) {
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const pipeline = pipelines.find((one) => one.id === channel.pipeline_id);
  return (
    <Paper withBorder p="md" bg="var(--panel)">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap" miw={0}>
          <ChannelIcon kind={channel.kind} size={22} />
          <div style={{ minWidth: 0 }}>
            <Text fw={600} truncate>
              {channel.name}
            </Text>
            <Text size="xs" c="dimmed">
              {channelName(channel.kind)} · {pipeline ? `leads go to ${pipeline.name}` : "makes no leads"}
            </Text>
          </div>
        </Group>
        <Badge variant="light" color={channel.is_active ? "teal" : "gray"} style={{ flex: "none" }}>
          {channel.is_active ? "active" : "off"}
        </Badge>
      </Group>
      {channel.kind === "livechat" && <Snippet channel={channel} />}
      <Group justify="flex-end" mt="sm">
        <Button size="xs" variant="default" onClick={onEdit}>
          Settings
        </Button>
      </Group>
    </Paper>
  );
}

/** What the owner of a site pastes into it. */
function Snippet({ channel }: { channel: Channel }) {
  const snippet = embedSnippet(channel.id, window.location.origin);
  return (
    <Group gap={6} mt="sm" wrap="nowrap" align="start">
      <Code block flex={1} fz="xs" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {snippet}
      </Code>
      <CopyButton value={snippet}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy the snippet"}>
            <ActionIcon variant="subtle" onClick={copy} aria-label="Copy the snippet">
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
