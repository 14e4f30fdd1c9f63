import { list, post, request } from "./request";
import type { Attachment, Chat, Message } from "./types";

export const PAGE = 30;

export const leadChats = async (lead: number) =>
  (await list<Chat>("/api/v4/chats", "chats", { query: { "filter[lead_id]": lead } })).items;

/** A page of a chat's messages, oldest first, that ends before the message named; without one the newest page. */
export const chatMessages = async (chat: string, before?: string) =>
  (await list<Message>(`/api/v4/chats/${chat}/messages`, "messages", { query: { before, limit: PAGE } }))
    .items;

/** How many of the clients' messages nobody of ours has read, in all chats. */
export const unreadCount = async () =>
  (await request<{ unread_count: number }>("GET", "/api/v4/chats/unread")).unread_count;

/** Tells the server that our side has read the whole chat. */
export const readChat = (chat: string) =>
  request<unknown>("PATCH", `/api/v4/chats/${chat}`, { body: { is_read: true } });

export interface Outgoing {
  client_id: string;
  text: string;
  attachments: Attachment[];
}

/** Sends a reply. A repeated call with the same client_id is the same message. */
export const sendMessage = (chat: string, message: Outgoing) =>
  post<Message>(`/api/v4/chats/${chat}/messages`, message);

export function uploadFile(file: File): Promise<Attachment> {
  const form = new FormData();
  form.append("file", file);
  return request<Attachment>("POST", "/api/v4/files", { form });
}
