import type { Attachment, Message } from "../api/types";

/** A reply on its way: shown at once, and kept with its words if the server does not take it. */
export interface Pending {
  client_id: string;
  text: string;
  attachments: Attachment[];
  created_at: number;
  failed?: string;
}

export type Line = { kind: "message"; message: Message } | { kind: "pending"; pending: Pending };

/** The dialogue in order: the server's messages, each once, then the replies that it does not have yet. */
export function dialogue(pages: Message[][], outbox: Pending[]): Line[] {
  const byId = new Map<string, Message>();
  for (const message of pages.flat()) byId.set(message.id, message);
  const messages = [...byId.values()].sort((a, b) => a.seq - b.seq);
  const arrived = new Set(messages.map((message) => message.client_id).filter(Boolean));
  return [
    ...messages.map((message) => ({ kind: "message" as const, message })),
    ...outbox
      .filter((pending) => !arrived.has(pending.client_id))
      .map((pending) => ({ kind: "pending" as const, pending })),
  ];
}

/** The outbox without what the server has by now. */
export function unsent(outbox: Pending[], messages: Message[]): Pending[] {
  const arrived = new Set(messages.map((message) => message.client_id).filter(Boolean));
  const rest = outbox.filter((pending) => !arrived.has(pending.client_id));
  return rest.length === outbox.length ? outbox : rest;
}

/** How far a message of ours got. Some channels tell of each message, others only up to which one the client has read. */
export function deliveryState(message: Pick<Message, "seq" | "status">, readSeq: number): string {
  const arrived = message.status === "sent" || message.status === "delivered";
  return arrived && message.seq <= readSeq ? "read" : message.status;
}
