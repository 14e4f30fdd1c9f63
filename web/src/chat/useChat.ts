import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { chatMessages, PAGE, sendMessage } from "../api/chats";
import { newId } from "../api/id";
import { keys } from "../api/keys";
import { describe } from "../api/problem";
import type { Attachment } from "../api/types";
import { nowSeconds } from "../ui/format";
import { dialogue, type Pending, unsent } from "./outbox";

const messagesQuery = (chat: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(chat),
    queryFn: ({ pageParam }) => chatMessages(chat, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page[0]?.id),
  });

/** A chat's dialogue and the way to say something in it. Replies that did not get through can be sent again. */
export function useChat(chat: string) {
  const client = useQueryClient();
  const [outbox, setOutbox] = useState<Pending[]>([]);
  const query = useInfiniteQuery(messagesQuery(chat));
  const pages = query.data?.pages;
  useEffect(() => {
    if (pages) setOutbox((list) => unsent(list, pages.flat()));
  }, [pages]);

  const mark = (id: string, failed: string | undefined) =>
    setOutbox((list) => list.map((item) => (item.client_id === id ? { ...item, failed } : item)));
  const post = useMutation({
    mutationFn: ({ client_id, text, attachments }: Pending) =>
      sendMessage(chat, { client_id, text, attachments }),
    meta: { quiet: true },
    onError: (error, { client_id }) => mark(client_id, describe(error).detail || describe(error).title),
    onSettled: () => client.invalidateQueries({ queryKey: keys.messages(chat) }),
  });

  const send = (text: string, attachments: Attachment[]) => {
    const pending = { client_id: newId(), text, attachments, created_at: nowSeconds() };
    setOutbox((list) => [...list, pending]);
    post.mutate(pending);
  };
  const resend = (pending: Pending) => {
    mark(pending.client_id, undefined);
    post.mutate(pending);
  };
  const discard = (pending: Pending) =>
    setOutbox((list) => list.filter((item) => item.client_id !== pending.client_id));
  const lines = useMemo(() => dialogue(pages ?? [], outbox), [pages, outbox]);
  return { query, lines, send, resend, discard };
}
