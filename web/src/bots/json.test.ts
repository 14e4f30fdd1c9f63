import { describe, expect, test } from "vitest";
import { parsePath, rangeOfPath, rangeOfStep, spotAt } from "./json";

const text = `{
  "start": "a",
  "steps": [
    { "id": "a", "kind": "message", "config": { "text": "Hi", "buttons": [{ "id": "x" }] } },
    { "id": "b", "exits": { "next": "a" } }
  ]
}`;

const cut = (range: { from: number; to: number } | undefined) => range && text.slice(range.from, range.to);

test.each([
  [["start"], '"a"'],
  [["steps", 0, "config", "text"], '"Hi"'],
  [["steps", 1, "exits", "next"], '"a"'],
  [["steps", 1, "exits", "gone"], '{ "next": "a" }'],
])("the path %j is %s", (path, found) => expect(cut(rangeOfPath(text, path))).toBe(found));

test("a step is found by its id, with a path inside it", () => {
  expect(cut(rangeOfStep(text, "b"))).toBe('{ "id": "b", "exits": { "next": "a" } }');
  expect(cut(rangeOfStep(text, "a", ["config", "buttons", 0, "id"]))).toBe('"x"');
  expect(rangeOfStep(text, "zz")).toBeUndefined();
  expect(rangeOfStep("not json", "a")).toBeUndefined();
});

test.each([["config.buttons.0.id"], ["config.buttons[0].id"], ["/config/buttons/0/id"]])(
  "%s is one path",
  (path) => expect(parsePath(path)).toEqual(["config", "buttons", 0, "id"]),
);

describe("spotAt says what is being written", () => {
  // The bar is the cursor.
  test.each([
    ['{ "steps": [{ "ki|" }] }', ["steps", 0], "name"],
    ['{ "steps": [{ "id": "a", "kind": "me|" }] }', ["steps", 0, "kind"], "value"],
    ['{ "steps": [{ "id": "a" }, { "kind": | }] }', ["steps", 1, "kind"], "value"],
    ['{ "na|me": "x" }', [], "name"],
    ["{ | }", [], "name"],
    ['{ "tags": ["a", |] }', ["tags", 1], "value"],
  ])("%s", (marked, path, at) => {
    const pos = marked.indexOf("|");
    expect(spotAt(marked.replace("|", ""), pos)).toMatchObject({ path, at });
  });
});
