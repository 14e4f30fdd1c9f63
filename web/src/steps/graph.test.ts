import { describe, expect, test } from "vitest";
import type { BotDocument, Step } from "../api/types";
import { asDocument, edgesOf, exitLabel, ownExits, summary } from "./graph";
import { NODE_WIDTH, nodeHeight, places } from "./layout";

const step = (id: string, exits: Record<string, string> = {}, more: Partial<Step> = {}): Step => ({
  id,
  kind: "message",
  exits,
  ...more,
});

const bot = (...steps: Step[]): BotDocument => ({ schema: 1, name: "Bot", start: steps[0]?.id ?? "", steps });

const chain = bot(
  step("a", { "button:yes": "b", other: "a" }),
  step("b", { next: "c" }),
  step("c", { next: "nowhere" }),
  { id: "d", kind: "goto", config: { step: "a" } },
);

test("edges come from exits and from jumps; an exit to nowhere has none", () => {
  expect(edgesOf(chain)).toEqual([
    { from: "a", exit: "button:yes", to: "b" },
    { from: "a", exit: "other", to: "a" },
    { from: "b", exit: "next", to: "c" },
    { from: "d", exit: "next", to: "a" },
  ]);
});

describe("exits read by what they belong to", () => {
  const asks = step(
    "q",
    {},
    { config: { buttons: [{ id: "yes", text: "Yes, please" }], waits: [{ id: "w", on: "duty_hours" }] } },
  );
  test.each([
    ["button:yes", "Yes, please"],
    ["wait:w", "duty hours"],
    ["button:gone", "gone"],
    ["no_answer", "no answer"],
  ])("%s is %s", (exit, label) => expect(exitLabel(asks, exit)).toBe(label));
  test("and a configuration brings its own", () => expect(ownExits(asks)).toEqual(["button:yes", "wait:w"]));
});

test("a summary is the first words a person would know, cut short", () => {
  expect(summary(step("a", {}, { config: { url: "https://x", text: "Hello\n there" } }))).toBe("Hello there");
  expect(summary(step("a", {}, { config: { text: "x".repeat(200) } }))).toHaveLength(90);
  expect(summary(step("a"))).toBe("");
});

test.each([[null], [7], [[]], [{ steps: "no" }]])("%j is no document", (value) =>
  expect(asDocument(value)).toBeUndefined(),
);

test("a half-typed document keeps the steps that have an id", () => {
  expect(asDocument({ steps: [{ id: "a", kind: "message" }, null, {}, "x"] })?.steps).toHaveLength(1);
});

describe("places", () => {
  test("are the author's if every step has one", () => {
    const layout = { a: { x: 1, y: 2 }, b: { x: 3, y: 4 } };
    expect(places({ ...bot(step("a"), step("b")), layout })).toBe(layout);
  });

  test("are arranged from left to right without overlaps if one is missing", () => {
    const document = { ...chain, layout: { a: { x: 0, y: 0 } } };
    const at = places(document);
    expect(Object.keys(at).sort()).toEqual(["a", "b", "c", "d"]);
    expect(at.a?.x).toBeLessThan(at.b?.x ?? 0);
    expect(at.b?.x).toBeLessThan(at.c?.x ?? 0);
    for (const one of document.steps)
      for (const other of document.steps) if (one.id < other.id) expect(overlap(at, one, other)).toBe(false);
  });
});

function overlap(at: ReturnType<typeof places>, one: Step, other: Step): boolean {
  const [a, b] = [at[one.id], at[other.id]];
  if (!a || !b) throw new Error("a step has no place");
  const apart =
    Math.abs(a.x - b.x) >= NODE_WIDTH || a.y + nodeHeight(one) <= b.y || b.y + nodeHeight(other) <= a.y;
  return !apart;
}
