import type { StepKind } from "../api/types";
import type { Schema } from "./schema";

const word = (description: string): Schema => ({ type: "string", description });

const choice = (description: string, ...values: string[]): Schema => ({
  type: "string",
  enum: values,
  description,
});

const settings: Schema = {
  type: "object",
  description: "How the bot behaves towards managers and other bots.",
  properties: {
    on_manager_reply: choice(
      "What a run does when a manager answers the client.",
      "stop",
      "pause",
      "continue",
    ),
    pause_minutes: {
      type: "integer",
      description: "How long that pause is; 0 is until somebody resumes the run.",
    },
    on_conflict: choice("What happens when two runs want the next message.", "replace", "queue", "refuse"),
    on_unknown_delivery: choice(
      "What a message counts as when nobody knows whether it arrived.",
      "delivered",
      "failed",
      "retry",
    ),
    gather_seconds: {
      type: "integer",
      description: "How long a wait goes on collecting messages after the first.",
    },
  },
};

/** The schema of a whole document, put together from the server's catalogue, so that it has every kind the server has. */
export function documentSchema(kinds: StepKind[]): Schema {
  const configs = kinds.map((kind) => [kind, kind.schema as Schema | undefined] as const);
  const step: Schema = {
    type: "object",
    required: ["id", "kind"],
    properties: {
      id: word("Unique in the document: a-z, 0-9, _ and -, beginning with a letter."),
      kind: { oneOf: kinds.map((kind) => ({ const: kind.name, title: kind.title, description: kind.help })) },
      title: word("What people see on the canvas and in traces."),
      config: { type: "object", description: "The kind's own settings." },
      exits: {
        type: "object",
        description: "From the name of an exit to the id of the next step; an exit left out ends the run.",
        additionalProperties: { type: "string" },
      },
    },
    allOf: configs.map(([kind, schema]) => ({
      if: { properties: { kind: { const: kind.name } } },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
      then: { properties: { config: schema ?? {}, exits: exitsSchema(kind) } },
    })),
  };
  return {
    $defs: Object.assign({}, ...configs.map(([, schema]) => schema?.$defs)),
    type: "object",
    required: ["schema", "name", "start", "steps"],
    properties: {
      schema: { const: 1, description: "The version of the format." },
      name: word("The bot's name, 1 to 100 characters."),
      start: word("The id of the step at which a run begins."),
      settings,
      steps: { type: "array", items: step, description: "The graph's steps; their order has no meaning." },
      layout: { type: "object", description: "The steps' places on the canvas, by step id." },
    },
  };
}

function exitsSchema(kind: StepKind): Schema {
  const exits = (Array.isArray(kind.exits) ? kind.exits : []) as { name?: string; title?: string }[];
  const named = exits.filter(
    (exit): exit is { name: string; title?: string } => typeof exit.name === "string",
  );
  return {
    properties: Object.fromEntries(
      named.map(({ name, title }) => [name, { type: "string", description: title }]),
    ),
  };
}
