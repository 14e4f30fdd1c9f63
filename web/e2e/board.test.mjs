import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

const stage = (page, name) => page.getByRole("region", { name: `Stage ${name}` });
const count = (page, name, leads) => stage(page, name).getByLabel(`${leads} leads`).waitFor();
const moves = (server) =>
  server.calls.filter((call) => call.name === "PATCH /api/v4/leads/1").map((call) => call.body);

test("stages show the server's counts and sums, and load more cards as they are scrolled", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1");
  const leads = server.data.leads.filter((lead) => lead.status_id === 101);
  await count(page, "Incoming leads", leads.length);
  const sum = leads.reduce((all, lead) => all + lead.price, 0);
  await stage(page, "Incoming leads").getByText(new Intl.NumberFormat("en-GB").format(sum)).waitFor();
  const cards = stage(page, "Incoming leads").getByRole("article");
  await cards.first().waitFor();
  const last = leads.sort((a, b) => b.updated_at - a.updated_at).at(-1);
  const oldest = stage(page, "Incoming leads").locator(`[data-lead="${last.id}"]`);
  await page.waitForFunction(
    ([name, id]) => {
      const column = document.querySelector(`[aria-label="${name}"]`);
      column.querySelector("ul").parentElement.scrollBy(0, 300);
      return column.querySelector(`[data-lead="${id}"]`);
    },
    ["Stage Incoming leads", last.id],
  );
  await oldest.waitFor();
  assert.equal(await oldest.getAttribute("aria-posinset"), String(leads.length));
  assert.ok((await cards.count()) < leads.length, "only the cards in view are on the page");
});

test("a card is dragged to another stage at once, and the server hears of it", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1");
  await drag(page, "Annual plan for Maria", "Qualified");
  await stage(page, "Qualified").getByRole("link", { name: "Annual plan for Maria" }).first().waitFor();
  await count(page, "First contact", 40);
  assert.deepEqual(moves(server), [{ status_id: 103, pipeline_id: 1 }]);
});

test("a refused move puts the card and the counts back and says why", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1");
  server.fail(/PATCH .*\/leads\/1/, 403, { title: "Forbidden", detail: "You may not move this lead." });
  await drag(page, "Annual plan for Maria", "Won");
  await page.getByText("You may not move this lead.").waitFor();
  await stage(page, "First contact").getByRole("link", { name: "Annual plan for Maria" }).first().waitFor();
  await count(page, "First contact", 41);
});

test("a card is moved by keyboard, and a screen reader is told", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1");
  const card = stage(page, "First contact").getByRole("link", { name: "Annual plan for Maria" }).first();
  await card.focus();
  await page.keyboard.press("Space");
  await page.getByText("is over the stage First contact.").waitFor({ state: "attached" });
  await page.keyboard.press("ArrowRight");
  await page.getByText("is over the stage Qualified.").waitFor({ state: "attached" });
  await page.keyboard.press("Space");
  await stage(page, "Qualified").getByRole("link", { name: "Annual plan for Maria" }).first().waitFor();
  assert.deepEqual(moves(server), [{ status_id: 103, pipeline_id: 1 }]);
  await page.waitForFunction(
    () =>
      document.activeElement?.textContent.includes("Annual plan for Maria") &&
      document.activeElement.closest("section")?.ariaLabel === "Stage Qualified",
  );
});

test("the same move is in a menu, on a phone", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1", { width: 390 });
  await stage(page, "First contact")
    .getByRole("button", { name: "Move Annual plan for Maria to another stage" })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Offer sent" }).click();
  await stage(page, "Offer sent").getByRole("link", { name: "Annual plan for Maria" }).first().waitFor();
  assert.deepEqual(moves(server), [{ status_id: 104, pipeline_id: 1 }]);
});

test("search asks the server and stands in the address", async (t) => {
  const { page } = await openApp(t, holder, "/pipelines/1");
  await page.getByLabel("Search in this pipeline").fill("yuki");
  await page.waitForURL(/q=yuki/);
  await stage(page, "Qualified").getByText("Yuki Tanaka").first().waitFor();
  await stage(page, "Incoming leads").getByRole("img", { name: "0 leads" }).waitFor();
  assert.equal(await page.getByText("No lead here").count(), 0);
  await page.getByRole("textbox", { name: "Search in this pipeline" }).fill("unheard of");
  await page.getByText("No lead here fits the search").waitFor();
  assert.equal(await page.getByText("No lead here").count(), 1, "it is said once, not at every stage");
});

test("a new lead is made in the first stage that is not the incoming one; an empty name is refused at the field", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1");
  await page.getByRole("button", { name: "New lead" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill(" ");
  await form.getByRole("button", { name: "Create lead" }).click();
  await form.getByText("is missing").waitFor();
  await form.getByLabel("Name").fill("Fresh lead");
  await form.getByRole("button", { name: "Create lead" }).click();
  await stage(page, "First contact").getByText("Fresh lead").waitFor();
  assert.equal(server.data.leads.at(-1).status_id, 102);
});

test("a new lead's price is refused as it was typed, not changed on the way", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1");
  await page.getByRole("button", { name: "New lead" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("Cheap");
  await form.getByLabel("Price").fill("-5");
  await form.getByRole("button", { name: "Create lead" }).click();
  await form.getByText("must not be negative").waitFor();
  assert.equal(await form.getByLabel("Price").inputValue(), "-5");
  assert.equal(server.data.leads.at(-1).name === "Cheap", false);
});

test("what others change appears by itself", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1");
  await count(page, "Won", 13);
  await page.getByRole("img", { name: "Live: changes appear by themselves" }).waitFor();
  Object.assign(server.data.leads[0], { status_id: 142, updated_at: server.data.now + 5 });
  server.announce({ type: "lead_status_changed", entity_type: "leads", entity_id: 1, lead_id: 1 });
  await stage(page, "Won").getByText("Annual plan for Maria").waitFor();
  await count(page, "Won", 14);
});

test("a server in trouble is an error with a way to try again, not an empty board", async (t) => {
  const { page, server } = await openApp(t, holder, "/login", { signedIn: true });
  for (let i = 0; i < 3; i++)
    server.fail(/GET .*\/pipelines$/, 500, { title: "Internal Server Error", detail: "The disk is full." });
  await page.goto(`${server.url}/pipelines/1`);
  await page.getByRole("alert").getByText("The disk is full.").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Incoming leads" }).waitFor();
});

test("the palette finds pages and leads", async (t) => {
  const { page } = await openApp(t, holder, "/bots");
  await page.getByRole("heading", { name: "Bots" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Lead, contact, bot or page").fill("maria");
  await page
    .getByRole("button", { name: /Annual plan for Maria/ })
    .first()
    .click();
  await page.waitForURL(/\/leads\/1$/);
});

/** Drags a card by its price line into the middle of a stage, as a hand does: down, a little, over, up. */
async function drag(page, lead, to) {
  const card = stage(page, "First contact").getByRole("article").filter({ hasText: lead }).first();
  await card.waitFor();
  const from = await card.boundingBox();
  const into = await stage(page, to).boundingBox();
  await page.mouse.move(from.x + 30, from.y + from.height - 12);
  await page.mouse.down();
  await page.mouse.move(from.x + 45, from.y + from.height - 12, { steps: 3 });
  await page.mouse.move(into.x + into.width / 2, into.y + 200, { steps: 8 });
  await page.mouse.up();
}
