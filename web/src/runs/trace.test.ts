import { describe, expect, test } from "vitest";
import type { BotDocument, Visit } from "../api/types";
import { traceMarks, visitDuration } from "./trace";
import { askedInput, waitWords } from "./wait";

const document: BotDocument = {
  schema: 1,
  name: "Bot",
  start: "ask",
  steps: [
    { id: "ask", kind: "message", exits: { other: "check", silent: "check" } },
    { id: "check", kind: "validation", exits: { "rule:ok": "end", else: "ask" } },
    { id: "end", kind: "stop" },
  ],
};

const visit = (
  number: number,
  step: string,
  exit = "",
  left: number | null = number * 1000 + 500,
): Visit => ({
  number,
  step,
  kind: "message",
  at_ms: number * 1000,
  left_at_ms: left,
  exit,
  got: [],
  notes: [],
});

test("marks the exits that were taken, the visits and where the run stands", () => {
  const marks = traceMarks(document, [
    visit(1, "ask", "other"),
    visit(2, "check", "else"),
    visit(3, "ask", "silent"),
    visit(4, "check", undefined, null),
  ]);
  expect(marks.visits).toEqual(
    new Map([
      ["ask", 2],
      ["check", 2],
    ]),
  );
  expect([...(marks.taken ?? [])].sort()).toEqual(["ask|other|check", "ask|silent|check", "check|else|ask"]);
  expect(marks.current).toBe("check");
});

test("a finished run stands nowhere, and a jump by hand takes no edge", () => {
  const marks = traceMarks(document, [visit(1, "ask", "goto"), visit(2, "end")]);
  expect(marks.current).toBeUndefined();
  expect(marks.taken?.size).toBe(0);
  expect(traceMarks(document, []).visits?.size).toBe(0);
});

test("a visit that goes on lasts until now", () => {
  expect(visitDuration(visit(1, "ask"), 9000)).toBe(500);
  expect(visitDuration(visit(1, "ask", undefined, null), 9000)).toBe(8000);
  expect(visitDuration(visit(1, "ask", undefined, null), 0)).toBe(0);
});

describe("waitWords", () => {
  const NOW = 1_800_000_000;
  test.each([
    ["nothing", { status: "running" }, "", false],
    ["a message", { status: "waiting", waiting_for: "an answer" }, "Waits for an answer", false],
    [
      "a timer",
      { status: "waiting", waiting_for: "a timer", waiting_until: NOW + 7200 },
      "Waits for a timer (timer: in 2 h)",
      false,
    ],
    [
      "a late timer",
      { status: "waiting", waiting_for: "a timer", waiting_until: NOW - 7200 },
      "Waits for a timer; overdue since 2 h ago",
      true,
    ],
    [
      "a timer that is due right now",
      { status: "waiting", waiting_until: NOW - 5 },
      "Waits (timer: now)",
      false,
    ],
    [
      "a pause",
      { status: "paused", waiting_for: "a timer", waiting_until: NOW - 7200 },
      "Waits for a timer (timer: 2 h ago)",
      false,
    ],
  ])("%s", (_name, run, text, overdue) =>
    expect(waitWords({ waiting_for: "", ...run }, NOW)).toEqual({ text, overdue }),
  );
});

test.each([
  ["waiting", "manual input: Which discount?", "Which discount?"],
  ["waiting", "manual input", ""],
  ["waiting", "an answer", undefined],
  ["paused", "manual input: Which discount?", undefined],
])("a run that is %s for %s asks %j", (status, waiting_for, asked) =>
  expect(askedInput({ status, waiting_for })).toBe(asked),
);
