import { Badge, Group, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Chat as ChatData, Lead } from "../api/types";
import { useUserName } from "../app/me";
import { Chat } from "../chat/Chat";
import { ChannelIcon, channelName } from "../ui/channel";
import { Async, Empty } from "../ui/States";
import classes from "./Lead.module.css";
import { chatsQuery } from "./queries";
import { useContact } from "./useContact";

export function LeadChats({ lead }: { lead: Lead }) {
  const query = useQuery(chatsQuery(lead.id));
  const nobody = (
    <Empty title="No chat yet">
      A chat appears when the client writes through one of your channels. A bot can wait for that, too.
    </Empty>
  );
  return (
    <Async query={query} empty={nobody}>
      {(chats) => <ChosenChat chats={chats} />}
    </Async>
  );
}

function ChosenChat({ chats }: { chats: ChatData[] }) {
  const [chosen, choose] = useState(chats[0]?.id);
  const chat = chats.find((one) => one.id === chosen) ?? chats[0];
  const userName = useUserName();
  const contact = useContact(chat?.contact_id ?? 0);
  if (!chat) return null;
  const label = (one: ChatData) => one.channel_name || channelName(one.channel_kind ?? "");
  return (
    <>
      <Group className={classes.chatbar} gap="xs">
        {chat.channel_kind && <ChannelIcon kind={chat.channel_kind} />}
        {chats.length > 1 ? (
          <SegmentedControl
            size="xs"
            aria-label="Chat"
            value={chat.id}
            onChange={choose}
            data={chats.map((one) => ({ value: one.id, label: label(one) }))}
          />
        ) : (
          <Text size="sm">{label(chat)}</Text>
        )}
        {chat.taken_over_by ? (
          <Badge ml="auto" color="orange" variant="light" tt="none">
            {userName(chat.taken_over_by)} talks, bots are silent
          </Badge>
        ) : null}
      </Group>
      <Chat key={chat.id} chat={chat} clientName={contact?.name || "Client"} />
    </>
  );
}
