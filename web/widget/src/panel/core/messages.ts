import type { Pending } from "../../shared/pending";
import type { Button, Message } from "../../shared/protocol";

/** The list with the messages put in by id, in order of seq; the same list when nothing has changed. */
export function merge(list: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  if (!incoming.length) return list;
  const byId = new Map(list.map((message) => [message.id, message]));
  for (const message of incoming) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

export function lastSeq(list: readonly Message[]): number {
  return list.at(-1)?.seq ?? 0;
}

/**
 * Where to catch up from: a little before the end of what is known, because the newest messages may have changed
 * (read, failed, edited) while nobody listened, and the same request brings both. A question that is still open may have
 * been spent, so the newest hundred are looked through for the first of those.
 */
export function catchUpFrom(list: readonly Message[], overlap = 20): number | undefined {
  if (!list.length) return undefined;
  const newest = list.slice(-100);
  const known = newest.at(-overlap) ?? newest[0];
  const open = newest.find(isOpenQuestion) ?? known;
  return Math.max(0, Math.min(open?.seq ?? 1, known?.seq ?? 1) - 1);
}

function isOpenQuestion(message: Message): boolean {
  return !message.spent && message.buttons.some(isQuickReply);
}

/** Team messages after `seq`. */
export function unreadAfter(list: readonly Message[], seq: number): number {
  return list.filter((message) => message.from !== "visitor" && message.seq > seq).length;
}

export function lastTeamSeq(list: readonly Message[]): number {
  return list.findLast((message) => message.from !== "visitor")?.seq ?? 0;
}

/** Outgoing ones that the server has not given back yet: an echo may come by the stream before the answer does. */
export function stillPending(list: readonly Message[], pending: readonly Pending[]): Pending[] {
  const arrived = new Set(list.map((message) => message.client_id));
  return pending.filter((entry) => !arrived.has(entry.client_id));
}

export interface ReplyState {
  /** Quick replies may be tapped. */
  open: boolean;
  /** The id of the quick reply that was chosen, to be marked. */
  chosen: string | null;
}

/**
 * Whether a message's quick replies can still be tapped, and which was chosen. The server knows when they are spent. Until
 * it says so, what the visitor says closes them, lest they tap twice; if the team then says something and they are not
 * spent, the bot did not take it for the answer, as while a person has taken over, and they are open again.
 */
export function replyState(
  message: Message,
  list: readonly Message[],
  pending: readonly Pending[],
): ReplyState {
  if (message.spent) return { open: false, chosen: message.chosen || null };
  const waiting = stillPending(list, pending).at(-1);
  const said = list.findLast((other) => other.from === "visitor" && other.seq > message.seq);
  const heard = list.some((other) => other.from !== "visitor" && other.seq > (said?.seq ?? 0));
  if (!waiting && (!said || heard)) return { open: true, chosen: null };
  const { text, button = undefined } = waiting ?? { text: said?.text };
  const chosen = message.buttons.find((b) => isQuickReply(b) && (b.id === button || b.text === text));
  return { open: false, chosen: chosen && isQuickReply(chosen) ? chosen.id : null };
}

export function isQuickReply(button: Button): button is { id: string; text: string } {
  return "id" in button;
}
