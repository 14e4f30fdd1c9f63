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
 * (read, failed, edited) while nobody listened, and the same request brings both.
 */
export function catchUpFrom(list: readonly Message[], overlap = 20): number | undefined {
  if (!list.length) return undefined;
  const first = list[Math.max(0, list.length - overlap)];
  return Math.max(0, (first?.seq ?? 1) - 1);
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
  /** Quick replies may be tapped: the visitor has written nothing since. */
  open: boolean;
  /** The text of the answer that was given, to mark the button that was tapped. */
  answer: string | null;
}

/** Whether a message's quick replies can still be tapped, and what was tapped. */
export function replyState(
  message: Message,
  list: readonly Message[],
  pending: readonly Pending[],
): ReplyState {
  const next = list.find((other) => other.from === "visitor" && other.seq > message.seq);
  const answer = next?.text ?? stillPending(list, pending)[0]?.text;
  return { open: answer === undefined, answer: answer ?? null };
}

export function isQuickReply(button: Button): button is { id: string; text: string } {
  return "id" in button;
}
