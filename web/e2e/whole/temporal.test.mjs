// The pages of operators and developers: Temporal UI behind the product's login, and the API's reference.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/server.mjs";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

test("without a login nothing of the operator's pages is shown", async (t) => {
  for (const path of ["/temporal/", "/temporal/api/v1/namespaces", "/temporal-codec/decode", "/metrics"]) {
    const answer = await fetch(world.server.url + path, { redirect: "manual" });
    assert.ok([302, 303, 401].includes(answer.status), `${path}: ${answer.status}`);
  }
  const page = await (await world.context(t)).newPage();
  await page.goto(`${world.server.url}/temporal/`);
  await page.getByRole("heading", { name: "Sign in to Salesbot" }).waitFor();
});

test("the conversation reads like the bot: steps as summaries, the current step, payloads in plain text", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.press("Prices");
  await visitor.hears("What is your phone number?");
  await visitor.write("+1 415 555 2671");
  await visitor.hears("Thank you!");
  const lead = await world.newestLead();
  const page = await world.person(t);
  const decoded = [];
  page.on("response", (response) => {
    if (response.url().includes("/temporal-codec/")) decoded.push(response.status());
  });
  const workflow = encodeURIComponent(`conversation/lead-${lead.id}`);
  await page.goto(`${world.server.url}/temporal/namespaces/default/workflows/${workflow}`);
  await openTab(page, /Event History/);
  await shows(page, "Move the lead: ChangeStage");
  await shows(page, "Wait for more: until message or timer");
  await openTab(page, /User Metadata/);
  await shows(
    page,
    /\*\*Welcome\*\* \(run \d+\): step \*\*Wait for more\*\*, waits for message or timer until/,
  );
  await until("payloads were decoded", () => decoded.length > 0);
  assert.ok(
    decoded.every((status) => status === 200),
    decoded.join(),
  );
});

test("the API's reference shows every resource", async (t) => {
  const page = await world.person(t, "/api/docs/");
  await page.getByRole("link", { name: "Leads", exact: true }).waitFor();
});

/** Temporal UI draws summaries and details in frames whose address holds the text. */
function shows(page, text) {
  const found = (words) => (typeof text === "string" ? words === text : text.test(words));
  const words = (frame) => new URL(frame.url(), "about:blank").searchParams.get("content") ?? "";
  return until(`a frame shows ${text}`, () => page.frames().some((frame) => found(words(frame))));
}

/**
 * Goes to a tab's own address instead of clicking it: on a slow machine Temporal UI moves its tabs about for longer than a
 * click waits for them to stand still.
 */
async function openTab(page, name) {
  const tab = page.getByRole("link", { name }).or(page.getByRole("tab", { name })).first();
  await page.goto(new URL(await tab.getAttribute("href"), page.url()).href);
}
