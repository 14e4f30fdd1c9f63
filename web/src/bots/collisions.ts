import type { Collision, Trigger, TriggerKind } from "../api/types";

/** What becomes of this trigger's bot and of the other one when an event matches both. */
export function collisionText({ kind }: Pick<Trigger, "kind">, other: Collision): string {
  const name = other.bot_name;
  if (kind === "talk_started" && other.kind === "message")
    return `The client's second message launches ${name}, which interrupts this bot.`;
  if (kind === "message" && other.kind === "talk_started")
    return `A talk's first message launches ${name}; the second one launches this bot, which interrupts it.`;
  if (kind === "message" && other.kind === "no_bot_running")
    return `This bot is launched by any message, so that ${name} is never launched here.`;
  if (kind === "no_bot_running" && other.kind === "message")
    return `${name} is launched by any message, so that this bot is never launched here.`;
  return other.goes_first
    ? `${name} goes first: when both match, this bot is not launched.`
    : `This bot goes first: when both match, ${name} is not launched.`;
}

const ranks: Partial<Record<TriggerKind, number>> = { message: 1, no_bot_running: 2 };

/** Says whether the two can change places; kinds of another rank go first whatever the order. */
export const movable = ({ kind }: Pick<Trigger, "kind">, other: Collision) =>
  (ranks[kind] ?? 0) === (ranks[other.kind] ?? 0);
