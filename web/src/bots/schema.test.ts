import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { describe, expect, test } from "vitest";
import generated from "../gen/document.schema.json";
import { completer } from "./complete";
import { withActivities } from "./registered";
import { fieldsAt, helpAt, type Schema, valuesAt } from "./schema";

const schema = generated as unknown as Schema;

const document = {
  schema: 1,
  start: "ask",
  steps: [
    {
      id: "ask",
      kind: "message",
      config: { buttons: [{ id: "yes", text: "Yes" }] },
      exits: { other: "end" },
    },
    { id: "end", kind: "stop" },
  ],
};

const labels = (list: { label: string }[]) => list.map((one) => one.label);

test("fields follow the step's kind and leave out what is there", () => {
  expect(labels(fieldsAt(schema, document, ["steps", 0, "config"]))).toContain("no_answer_after");
  expect(labels(fieldsAt(schema, document, ["steps", 0, "config"]))).not.toContain("buttons");
  expect(labels(fieldsAt(schema, document, ["steps", 1, "config"]))).not.toContain("no_answer_after");
  expect(labels(fieldsAt(schema, document, ["steps", 0, "config", "buttons", 0]))).toEqual(["synonyms"]);
});

test("required fields are told apart", () => {
  expect(fieldsAt(schema, { steps: [{}] }, ["steps", 0]).find((one) => one.label === "kind")?.detail).toBe(
    "required",
  );
});

test("values are the schema's choices, whatever stands there now", () => {
  expect(labels(valuesAt(schema, document, ["steps", 0, "kind"]))).toEqual(
    expect.arrayContaining(['"message"', '"pause"', '"stop"']),
  );
  expect(labels(valuesAt(schema, document, ["settings", "on_conflict"]))).toEqual([
    '"replace"',
    '"queue"',
    '"refuse"',
  ]);
});

test("help comes through references", () => {
  expect(helpAt(schema, document, ["steps", 0, "config", "text"])).toContain("placeholders");
});

describe("the editor completes", () => {
  const complete = (marked: string) => {
    const pos = marked.indexOf("|");
    const state = EditorState.create({ doc: marked.replace("|", "") });
    const found = completer(
      () => schema,
      () => document,
    )(new CompletionContext(state, pos, true));
    return found?.options.map((option) => option.label) ?? [];
  };

  test("step ids where a step is meant", () => {
    expect(complete('{ "start": "|" }')).toEqual(['"ask"', '"end"']);
    expect(complete('{ "steps": [{ "exits": { "other": | } }] }')).toEqual(['"ask"', '"end"']);
  });

  test("a step's own exits", () => {
    expect(complete('{ "steps": [{ "id": "ask", "kind": "message", "exits": { "|" } }] }')).toContain(
      '"button:yes"',
    );
  });

  test("nothing where nothing is known", () => expect(complete('{ "name": "|" }')).toEqual([]));
});

test("the registered activities are choices, and the chosen one says what it takes", () => {
  const known = withActivities(schema, [
    {
      name: "ScoreLead",
      title: "Score a lead",
      input_schema: { type: "object", properties: { price: { type: "number", description: "In euros" } } },
    },
    { name: "Translate", title: "Translate", input_schema: { properties: { text: { type: "string" } } } },
  ]);
  const step = (name: string) => ({ steps: [{ id: "a", kind: "activity", config: { name, input: {} } }] });
  const at = (...path: (string | number)[]) => ["steps", 0, "config", ...path];
  expect(labels(valuesAt(known, step(""), at("name")))).toEqual(['"ScoreLead"', '"Translate"']);
  expect(labels(fieldsAt(known, step("ScoreLead"), at("input")))).toEqual(["price"]);
  expect(labels(fieldsAt(known, step("Translate"), at("input")))).toEqual(["text"]);
  expect(labels(fieldsAt(known, step("Nobody"), at("input")))).toEqual([]);
  expect(helpAt(known, step("ScoreLead"), at("input", "price"))).toContain("In euros");
  expect(labels(valuesAt(schema, step(""), at("name")))).toEqual([]);
});
