import { expect, test } from "vitest";
import { newDocument, read, write } from "./draft";

test("what is written can be read again", () => {
  const document = newDocument("Welcome");
  expect(read(write(document)).document).toEqual(document);
});

test.each([
  ["{", "not valid JSON"],
  ["[]", '"steps"'],
  ['{"steps": 1}', '"steps"'],
])("%s is no draft and says why", (text, words) => expect(read(text).problem).toContain(words));
