import assert from "node:assert/strict";
import { until } from "./server.mjs";

/** Waits until the texts are these; otherwise fails with the difference. */
export async function expectTexts(read, texts) {
  let seen = [];
  try {
    await until("the texts are as expected", async () => {
      seen = await read();
      return seen.length === texts.length && seen.every((text, index) => text === texts[index]);
    });
  } catch {
    assert.deepEqual(seen, texts);
  }
}
