import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

/** The board of an account without leads. */
async function openEmpty(t, options) {
  const { page, server } = await openApp(t, holder, "/bots", options);
  server.data.leads.length = 0;
  await page.goto(`${server.url}/pipelines/1`);
  return { page, server, steps: page.getByRole("region", { name: "First steps" }) };
}

test("a board with leads shows no first steps and does not ask for them", async (t) => {
  const { page, server } = await openApp(t, holder, "/pipelines/1?q=unheard");
  await page.getByText("No lead here fits the search").waitFor();
  await page.goto(`${server.url}/pipelines/1`);
  await page.getByRole("article").first().waitFor();
  assert.equal(server.calls.filter(({ name }) => name.includes("first_start")).length, 0);
});

test("an empty board says once what to do, and is silent when that was dismissed, in another browser too", async (t) => {
  const { page, server, steps } = await openEmpty(t);
  await steps.getByText("Your board is empty").waitFor();
  assert.equal(await page.getByText(/no leads?/i).count(), 0);
  await steps.getByRole("button", { name: "Dismiss the first steps" }).click();
  await steps.waitFor({ state: "detached" });
  const other = await (await holder.browser.newContext()).newPage();
  const asked = other.waitForResponse(/first_start/);
  await other.goto(`${server.url}/pipelines/1`);
  assert.deepEqual(await (await asked).json(), { is_shown: false });
  await other.getByRole("heading", { name: "Incoming leads" }).waitFor();
  assert.equal(await other.getByText("Your board is empty").count(), 0);
  await other.context().close();
});

test("the live chat opens beside the board and stays when the lead arrives; the steps go", async (t) => {
  const { page, server, steps } = await openEmpty(t, { width: 390, height: 844 });
  await steps.getByRole("button", { name: "Open the live chat" }).click();
  const chat = page.getByRole("region", { name: "Live chat" });
  await chat.getByText("You are a client now").waitFor();
  assert.equal(await chat.locator("iframe").getAttribute("src"), "/demo#chat");
  await chat.getByRole("button", { name: "Close the live chat" }).click();
  const open = steps.getByRole("button", { name: "Open the live chat" });
  await open.waitFor();
  assert.equal(await open.evaluate((button) => button === document.activeElement), true);
  await open.click();
  await chat.waitFor();
  const stage = page.getByRole("region", { name: "Stage Incoming leads" });
  server.data.leads.push({ ...lead, updated_at: server.data.now });
  server.announce({ type: "lead_added", lead_id: 1, entity_type: "lead", entity_id: 1 });
  await stage.getByRole("article").waitFor();
  await chat.getByText("The lead is on the board").waitFor();
  assert.ok((await stage.getByRole("article").boundingBox()).y < (await chat.boundingBox()).y);
  await chat.getByRole("button", { name: "Close the live chat" }).click();
  await chat.waitFor({ state: "detached" });
  assert.equal(await steps.count(), 0);
});

test("the steps lead to the bot that answers, or to the library where none does", async (t) => {
  const { page, server, steps } = await openEmpty(t);
  await steps.getByRole("link", { name: "Open Welcome and qualify" }).click();
  await page.waitForURL(/\/bots\/5$/);
  server.data.triggers.length = 0;
  await page.goto(`${server.url}/pipelines/1`);
  await steps.getByRole("link", { name: "Open the bots" }).click();
  await page.waitForURL(/\/bots$/);
});

test("a colleague is invited by a link; a refused e-mail stands at its field, and a link that failed is made again", async (t) => {
  const { page, server, steps } = await openEmpty(t);
  await steps.getByRole("button", { name: "Invite a colleague" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite a colleague" });
  await dialog.getByLabel("Name").fill("Ana Kovač");
  await dialog.getByLabel("E-mail").fill("sam@example.com");
  await page.keyboard.press("Enter");
  await dialog.getByText("another user has this e-mail address").waitFor();
  await dialog.getByLabel("E-mail").fill("ana@example.com");
  server.fail(/login_link$/, 500, { title: "Internal Server Error" });
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog.getByRole("button", { name: "Make the login link" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByRole("button", { name: "Make the login link" }).click();
  const link = dialog.getByLabel("Login link");
  await link.waitFor();
  const made = server.data.users.at(-1);
  assert.equal(await link.inputValue(), `http://crm.example.com/login?token=of-${made.id}`);
  assert.deepEqual([made.name, made.email, made.role], ["Ana Kovač", "ana@example.com", "manager"]);
  assert.equal(server.data.users.filter(({ email }) => email === made.email).length, 1);
});

test("who is no administrator is not asked to invite", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots");
  server.data.leads.length = 0;
  server.data.users[0].role = "manager";
  await page.goto(`${server.url}/pipelines/1`);
  await page.getByRole("link", { name: "Open Welcome and qualify" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Invite a colleague" }).count(), 0);
  await page.getByRole("button", { name: "Your account NL" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
  assert.equal(await page.getByRole("menuitem", { name: "Invite a colleague" }).count(), 0);
});

const lead = {
  id: 1,
  name: "Visitor",
  price: 0,
  status_id: 101,
  pipeline_id: 1,
  unread: 1,
  main_contact: null,
  custom_fields_values: null,
  _embedded: { tags: [] },
};
