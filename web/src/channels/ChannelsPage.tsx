import { Button, Group, Menu, Modal, SimpleGrid, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listChannels } from "../api/channels";
import { keys } from "../api/keys";
import type { Channel } from "../api/types";
import { usePageTitle } from "../app/title";
import { ChannelIcon, channelName } from "../ui/channel";
import { Page } from "../ui/Page";
import { Async, Empty } from "../ui/States";
import { ChannelCard } from "./ChannelCard";
import { ChannelForm } from "./ChannelForm";

const kinds = ["livechat", "telegram"];

const blank = (kind: string): Channel => ({
  id: 0,
  pipeline_id: 0,
  secret_names: [],
  kind,
  name: channelName(kind),
  is_active: true,
  settings: kind === "livechat" ? { title: "Chat", colour: "#4263eb" } : {},
});

export function ChannelsPage() {
  const query = useQuery({ queryKey: keys.channels, queryFn: listChannels });
  usePageTitle("Channels");
  const [edited, edit] = useState<Channel>();
  return (
    <Page>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h3">
          Channels
        </Title>
        <AddMenu onPick={(kind) => edit(blank(kind))} />
      </Group>
      <Async
        query={query}
        empty={
          <Empty title="No channels yet">
            Connect a live chat or a Telegram bot, so that clients can write.
          </Empty>
        }
      >
        {(channels) => (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {channels.map((channel) => (
              <ChannelCard key={channel.id} channel={channel} onEdit={() => edit(channel)} />
            ))}
          </SimpleGrid>
        )}
      </Async>
      <Modal
        opened={edited !== undefined}
        onClose={() => edit(undefined)}
        title={edited?.id ? edited.name : `New channel: ${channelName(edited?.kind ?? "")}`}
        size="lg"
      >
        {edited && <ChannelForm key={edited.id} channel={edited} onDone={() => edit(undefined)} />}
      </Modal>
    </Page>
  );
}

function AddMenu({ onPick }: { onPick: (kind: string) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconPlus size={16} />}>Add a channel</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((kind) => (
          <Menu.Item key={kind} leftSection={<ChannelIcon kind={kind} />} onClick={() => onPick(kind)}>
            {channelName(kind)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
