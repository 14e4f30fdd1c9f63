import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";
import { traffic } from "./traffic.mjs";

const holder = browserFor();

const REQUESTS = 20;
const KILOBYTES = 250;

test("the board is there after at most 20 requests and 250 KB", async (t) => {
  const { page, server } = await openApp(t, holder, "/login?next=/none", { signedIn: false });
  server.data.signedIn = true;
  const loaded = await traffic(page, async () => {
    await page.goto(server.url);
    await page.getByRole("article").first().waitFor();
  });
  const kilobytes = loaded.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
  const listing = loaded.map(({ url, bytes }) => `${bytes} ${url}`).join("\n");
  t.diagnostic(`${loaded.length} requests, ${kilobytes.toFixed(1)} KB\n${listing}`);
  assert.ok(loaded.length <= REQUESTS, `${loaded.length} requests:\n${listing}`);
  assert.ok(kilobytes <= KILOBYTES, `${kilobytes} KB:\n${listing}`);
});
