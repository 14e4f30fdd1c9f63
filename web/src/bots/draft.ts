import type { BotDocument } from "../api/types";
import { asDocument } from "../steps/graph";

export const write = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`;

export type Reading =
  | { document: BotDocument; problem?: undefined }
  | { document?: undefined; problem: string };

/** Reads the editor's text. What lacks even the outline of a document can be neither drawn nor saved. */
export function read(text: string): Reading {
  try {
    const document = asDocument(JSON.parse(text));
    return document ? { document } : { problem: 'A bot is an object with "steps", a list.' };
  } catch (error) {
    return {
      problem: `This is not valid JSON: ${error instanceof Error ? error.message : "it can't be read"}`,
    };
  }
}

/** The smallest bot that says something. */
export function newDocument(name: string): BotDocument {
  return {
    schema: 1,
    name,
    start: "hello",
    steps: [
      {
        id: "hello",
        kind: "message",
        title: "Greeting",
        config: { text: "Hello! How can we help?" },
        exits: {},
      },
    ],
  };
}
