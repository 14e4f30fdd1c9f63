import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

/** Each of the router's paths with an address that fits it, and what its page is called. */
const titles = {
  "/login": ["/login", "Sign in · Salesbot"],
  "/": ["/", "Sales · Salesbot"],
  "/pipelines/$id": ["/pipelines/2", "Partners · Salesbot"],
  "/leads/$id": ["/leads/1", "Annual plan for Maria"],
  "/runs/$id": ["/runs/77", "Run 77 of "],
  "/bots": ["/bots", "Bots · Salesbot"],
  "/bots/$id": ["/bots/5", "Welcome and qualify · Salesbot"],
  "/secrets": ["/secrets", "Secrets · Salesbot"],
  "/channels": ["/channels", "Channels · Salesbot"],
};

const router = await readFile(new URL("../src/app/router.tsx", import.meta.url), "utf8");
const paths = [...router.matchAll(/path: "([^"]+)"/g)].map((match) => match[1]);

test("every page is titled with its own name", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots");
  for (const path of paths) {
    assert.ok(titles[path], `no title is known for ${path}`);
    const [address, title] = titles[path];
    await page.goto(server.url + address);
    await page.waitForFunction((title) => document.title.startsWith(title), title);
  }
  await page.goto(`${server.url}/nowhere`);
  await page.waitForFunction(() => document.title === "No such page · Salesbot");
});

test("the title counts the unread messages, and follows them", async (t) => {
  const { page, server } = await openApp(t, holder, "/channels");
  await page.getByRole("img", { name: "Live: changes appear by themselves" }).waitFor();
  server.data.chats[0].unread_count = 3;
  server.announce({ type: "incoming_chat_message", entity_type: "messages", lead_id: 1, chat_id: "c-1" });
  await page.waitForFunction(() => document.title === "(3) Channels · Salesbot");
});
