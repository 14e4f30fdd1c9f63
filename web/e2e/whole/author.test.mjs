// Those who prepare what clients meet: the author of bots, and who looks after the site's chat.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/server.mjs";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

test("a mistake is shown and keeps the draft from being published; mended it is, and runs under way keep their version", async (t) => {
  const early = await world.visitor(t);
  await early.write("Hi");
  await early.hears("Hello there!");

  const page = await world.person(t, `/bots/${(await theBot()).id}`);
  const greeting = '"text": "Hello {{contact.first_name|there}}! 👋 What can we do for you?",';
  await retype(page, '"text": "Hello {{', '"text": "Welcome {{contact.nickname}}! What shall it be?",');
  await page.getByRole("region", { name: "Problems" }).getByText("1 error").waitFor();
  assert.equal(await page.getByRole("button", { name: "Publish" }).isDisabled(), true);
  await retype(page, '"text": "Welcome {{', greeting.replace("Hello", "Welcome"));
  await page.getByText("1 error").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("The draft was saved").waitFor();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByText("Published as version 2.").waitFor();
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: /^Version 2 · new runs get this one/ }).waitFor();
  await page.getByRole("button", { name: /^Version 1/ }).click();
  await page.getByRole("button", { name: "Restore into the draft" }).waitFor();

  await early.write("what?");
  await until("the early visitor is greeted again", async () => {
    const texts = await early.texts();
    return texts.filter((text) => text.startsWith("Hello there!")).length === 2;
  });
  const late = await world.visitor(t);
  await late.write("Hi");
  await late.hears("Welcome there!");
});

test("two tabs on one draft: the second is asked, and both texts are still there to choose from", async (t) => {
  const { id } = await theBot();
  const [first, second] = await Promise.all([world.person(t, `/bots/${id}`), world.person(t, `/bots/${id}`)]);
  await second.locator(".cm-content").waitFor();
  await retype(first, '"name": "', '"name": "First author",');
  await first.getByRole("button", { name: "Save draft" }).click();
  await first.getByText("The draft was saved").waitFor();
  await retype(second, '"name": "', '"name": "Second author",');
  await second.getByRole("button", { name: "Save draft" }).click();
  await second.getByRole("dialog", { name: "Somebody else saved this draft" }).waitFor();
  assert.equal((await theBot()).name, "First author");
  await second.getByRole("button", { name: "Take theirs" }).click();
  await second.locator(".cm-content").getByText('"First author"').waitFor();
});

test("two quick clicks on Publish make one version", async (t) => {
  const bot = await theBot();
  const page = await world.person(t, `/bots/${bot.id}`);
  await page.locator(".cm-content").waitFor();
  await page.getByRole("button", { name: "Publish" }).dblclick();
  await page
    .getByText(/Published as version/)
    .first()
    .waitFor();
  const versions = await world.api.list(`bots/${bot.id}/versions`);
  assert.equal(versions.length, bot.published_version + 1); // the draft of the test before was not published yet
});

test("the chat's title and colour reach the visitor's page", async (t) => {
  const page = await world.person(t, "/channels");
  await page.getByRole("button", { name: "Settings" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Title", { exact: true }).fill("Ask <b>Nora</b>");
  await form.getByLabel("Colour", { exact: true }).fill("#c2255c");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("The channel was saved").waitFor();
  const visitor = await world.visitor(t);
  await visitor.panel.getByText("Ask <b>Nora</b>").first().waitFor();
  const launcher = visitor.page.locator("salesbot-chat button.launcher");
  assert.equal(await launcher.evaluate((one) => getComputedStyle(one).backgroundColor), "rgb(194, 37, 92)");
});

async function theBot() {
  const [bot] = await world.api.list("bots");
  return bot;
}

/** Replaces a line of the editor's text, as an author does: find, select, type. */
async function retype(page, from, to) {
  const line = page.locator(".cm-line", { hasText: from }).first();
  await line.click();
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.press("Shift+Home"); // a long line is wrapped, and the first goes to where it breaks
  await page.keyboard.insertText(to);
}
