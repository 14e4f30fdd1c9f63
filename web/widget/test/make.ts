import { newPending, type Pending } from "../src/shared/pending";
import type { Message } from "../src/shared/protocol";

/** A message with everything that a test does not care about. */
export function message(part: Partial<Message> & { seq: number }): Message {
  return {
    id: `m${part.seq}`,
    client_id: null,
    from: "bot",
    author: null,
    text: `text ${part.seq}`,
    buttons: [],
    spent: false,
    chosen: "",
    attachments: [],
    created_at_ms: part.seq * 1000,
    status: "sent",
    ...part,
  };
}

export function pending(text: string, part: Partial<Pending> = {}): Pending {
  return { ...newPending({ text }, "tab", 1, 0), ...part };
}
