// The first ten minutes of somebody who has just installed it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

test("the first steps, from the login link to the first lead, with a keyboard alone", async (t) => {
  const page = await (await world.context(t)).newPage();
  await page.goto(world.server.loginLink);
  const steps = page.getByRole("region", { name: "First steps" });

  await steps.getByRole("link", { name: "Open Welcome" }).press("Enter");
  await page.waitForURL(/\/bots\/\d+$/);
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  await page.goBack();

  const colleague = await invited(t, page, steps);
  const theirs = colleague.getByRole("region", { name: "First steps" });
  await theirs.getByRole("button", { name: "Open the live chat" }).waitFor();
  assert.equal(await theirs.getByRole("button", { name: "Invite a colleague" }).count(), 0);
  await dismissed(t, theirs);

  await steps.getByRole("button", { name: "Open the live chat" }).press("Enter");
  const chat = page.getByRole("region", { name: "Live chat" });
  const panel = chat.frameLocator("iframe").frameLocator("salesbot-chat iframe");
  await panel.getByRole("textbox").fill("Hi, do you roast to order?");
  await panel.getByRole("textbox").press("Enter");
  await page.getByRole("region", { name: "Stage Incoming leads" }).getByRole("article").waitFor();
  await panel.getByText("What can we do for you?").waitFor();
  await chat.getByText("The lead is on the board").waitFor();
  await chat.getByRole("button", { name: "Close the live chat" }).press("Enter");
  await page.getByRole("article").waitFor();
  assert.equal(await steps.count(), 0);
});

/** Invites somebody and comes in as them. */
async function invited(t, page, steps) {
  await steps.getByRole("button", { name: "Invite a colleague" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Invite a colleague" });
  await dialog.getByLabel("Name").fill("Ana");
  await dialog.getByLabel("E-mail").fill("ana@example.com");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Make the login link" }).press("Enter");
  const link = new URL(await dialog.getByLabel("Login link").inputValue());
  await dialog.getByRole("button", { name: "Done" }).press("Enter");
  await dialog.waitFor({ state: "detached" });
  return come(t, link);
}

async function come(t, { pathname, search }) {
  const page = await (await world.context(t, { viewport: { width: 390, height: 844 } })).newPage();
  await page.goto(world.server.url + pathname + search);
  await page.waitForURL(/\/pipelines\/\d+/);
  return page;
}

/** Dismisses the steps, which then are away in another browser of the same person, too. */
async function dismissed(t, steps) {
  await steps.getByRole("button", { name: "Dismiss the first steps" }).press("Enter");
  await steps.waitFor({ state: "detached" });
  const ana = (await world.api.list("users")).find(({ email }) => email === "ana@example.com");
  const { url } = await world.api.post(`/api/v4/users/${ana.id}/login_link`);
  const other = await come(t, new URL(url));
  const told = await other.evaluate(async () => (await fetch("/api/v4/first_start")).json());
  assert.deepEqual(told, { is_shown: false });
  await other.getByRole("heading", { name: "Incoming leads" }).waitFor();
  assert.equal(await other.getByText("Your board is empty").count(), 0);
}
