import { expect, test } from "vitest";
import type { TriggerKind } from "../api/types";
import { collisionText, movable } from "./collisions";

const other = (kind: TriggerKind, goes_first: boolean) => ({
  trigger_id: 2,
  bot_id: 6,
  bot_name: "Night shift",
  kind,
  goes_first,
});

test.each<[TriggerKind, TriggerKind, boolean, RegExp, boolean]>([
  ["talk_started", "talk_started", true, /^Night shift goes first: .* this bot is not launched/, true],
  ["talk_started", "talk_started", false, /^This bot goes first: .* Night shift is not launched/, true],
  ["stage_moved", "stage_entered", true, /^Night shift goes first/, true],
  ["no_bot_running", "no_bot_running", false, /^This bot goes first/, true],
  ["talk_started", "message", false, /second message launches Night shift, which interrupts this bot/, false],
  [
    "message",
    "talk_started",
    true,
    /first message launches Night shift; .* this bot, which interrupts/,
    false,
  ],
  ["message", "no_bot_running", false, /Night shift is never launched here/, false],
  ["no_bot_running", "message", true, /this bot is never launched here/, false],
])("%s beside %s (goes first: %s)", (kind, its, first, text, moves) => {
  expect(collisionText({ kind }, other(its, first))).toMatch(text);
  expect(movable({ kind }, other(its, first))).toBe(moves);
});
