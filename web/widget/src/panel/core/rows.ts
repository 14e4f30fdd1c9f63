import type { Pending } from "../../shared/pending";
import type { Message } from "../../shared/protocol";
import { dayOf } from "./days";

/** What the list shows, top to bottom. */
export type Row =
  | { kind: "day"; key: string; at: number }
  | { kind: "message"; key: string; message: Message; first: boolean; last: boolean }
  | { kind: "pending"; key: string; entry: Pending; first: boolean; last: boolean };

/** Messages of one side within this time stand together, with one name above and one time below. */
const TOGETHER_MS = 5 * 60_000;

/** Puts days between the messages and marks each group's ends. A row's key survives the server's confirmation. */
export function rowsOf(messages: readonly Message[], pending: readonly Pending[]): Row[] {
  const items = [
    ...messages.map((message) => ({ message, at: message.created_at_ms, who: whoOf(message) })),
    ...pending.map((entry) => ({ entry, at: entry.created_at_ms, who: "visitor" })),
  ];
  return items.flatMap((item, index): Row[] => {
    const before = items[index - 1];
    const after = items[index + 1];
    const newDay = !before || dayOf(before.at) !== dayOf(item.at);
    const ends = { first: newDay || !together(before, item), last: !after || !together(item, after) };
    const row: Row =
      "entry" in item
        ? { kind: "pending", key: item.entry.client_id, entry: item.entry, ...ends }
        : { kind: "message", key: item.message.client_id ?? item.message.id, message: item.message, ...ends };
    return newDay ? [{ kind: "day", key: `day-${dayOf(item.at)}-${row.key}`, at: item.at }, row] : [row];
  });
}

interface Placed {
  at: number;
  who: string;
}

function together(a: Placed | undefined, b: Placed): boolean {
  return !!a && a.who === b.who && Math.abs(b.at - a.at) < TOGETHER_MS && dayOf(a.at) === dayOf(b.at);
}

function whoOf(message: Message): string {
  return message.from === "visitor" ? "visitor" : `${message.from} ${message.author?.name ?? ""}`;
}
