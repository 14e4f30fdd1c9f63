import { expect, test } from "vitest";
import type { Run } from "../api/types";
import { goingOn, handBackWords, isTaken } from "./handback";

const run = (id: number, more: Partial<Run> = {}): Run => ({
  id,
  bot_id: id,
  bot_name: `Bot ${id}`,
  version: 1,
  lead_id: 1,
  parent_id: 0,
  status: "paused",
  hold: "take_over",
  step: "ask",
  waiting_for: "",
  waiting_until: null,
  reason: "",
  workflow_id: "conversation/lead-1",
  created_at: 1,
  ended_at: null,
  ...more,
});

const ids = (runs: Run[]) => runs.map(({ id }) => id);

test("only what is alive and not being stopped goes on, the newest first", () => {
  const runs = [
    run(1, { status: "finished" }),
    run(2),
    run(3, { hold: "stop" }),
    run(4, { status: "starting" }),
    run(5, { status: "waiting", hold: "" }),
  ];
  expect(ids(goingOn(runs))).toEqual([5, 4, 2]);
});

test("a bot that waits for another one goes on through that one", () => {
  expect(ids(goingOn([run(1), run(2, { parent_id: 1 }), run(3, { parent_id: 2 })]))).toEqual([3]);
  expect(ids(goingOn([run(1), run(2, { parent_id: 1, status: "finished" })]))).toEqual([1]);
});

test("a lead without a chat is taken over when its runs are held so", () => {
  expect(isTaken([], [run(1)])).toBe(true);
  expect(isTaken([], [run(1, { status: "stopped" })])).toBe(false);
  expect(isTaken([], [run(1, { hold: "pause" })])).toBe(false);
  expect(isTaken([{ taken_over_by: 0 }, { taken_over_by: 7 }], [])).toBe(true);
});

test("the button says who goes on and where", () => {
  expect(handBackWords([{ run: run(1), title: "Ask for the phone" }])).toBe(
    "Hand back to Bot 1, at ‘Ask for the phone’",
  );
  expect(handBackWords([{ run: run(1, { step: "" }), title: undefined }])).toBe(
    "Hand back to Bot 1, from its start",
  );
  expect(handBackWords([{ run: run(1), title: undefined }])).toBe("Hand back to Bot 1");
  expect(handBackWords([3, 2, 1].map((id) => ({ run: run(id), title: "Ask" })))).toBe(
    "Hand back to Bot 3, at ‘Ask’, and 2 more",
  );
  expect(handBackWords([])).toBe("No bot is running here: launch one?");
});
