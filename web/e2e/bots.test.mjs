import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

/** Replaces one piece of the editor's text, as an author does: find, select, type. */
async function edit(page, from, to) {
  await page.locator(".cm-content").waitFor();
  const line = page.locator(".cm-line", { hasText: from }).first();
  await line.scrollIntoViewIfNeeded();
  await line.click();
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.insertText(to);
}

test("the list shows what is published and alive, and a new bot opens in the editor", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots");
  const row = page.getByRole("row", { name: /Welcome and qualify/ });
  await row.getByText("version 2").waitFor();
  await row.getByText("14").waitFor();
  await page.getByRole("button", { name: "New bot" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Night watch");
  await page.getByRole("button", { name: "Create bot" }).click();
  await page.locator(".cm-content").getByText('"Night watch"').waitFor();
  assert.equal(server.data.bots.at(-1).document.steps.length, 1);
});

test("a problem leads to its step, in the text and on the canvas; errors keep it from being published", async (t) => {
  const { page } = await openApp(t, holder, "/bots/5");
  await edit(page, '"button:price": "prices"', '"button:price": "gone",');
  const problem = page.getByRole("button", { name: /leads to gone, which does not exist/ });
  await problem.waitFor();
  await page.getByText("1 error, 1 warning").waitFor();
  assert.equal(await page.getByRole("button", { name: "Publish" }).isDisabled(), true);
  await page.getByRole("button", { name: /waits for ever/ }).click();
  const selection = await page.evaluate(() => document.getSelection()?.anchorNode?.textContent ?? "");
  assert.match(await page.locator(".cm-activeLine").innerText(), /exits/, selection);
  await page.getByTestId("rf__wrapper").locator("[data-selected]").getByText("Ask again").waitFor();
});

test("text that is no JSON is not saved and says why", async (t) => {
  const { page } = await openApp(t, holder, "/bots/5");
  await edit(page, '"schema": 1', '"schema": 1,,');
  await page.getByRole("region", { name: "Problems" }).getByText("This is not valid JSON").waitFor();
  assert.equal(await page.getByRole("button", { name: "Save draft" }).isDisabled(), true);
});

test("a draft is saved with the revision it began from, and published", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots/5");
  await edit(page, '"name": "Welcome', '"name": "Welcome again",');
  await page.getByText("unsaved changes").waitFor();
  await page.keyboard.press("Control+s");
  await page.getByText("The draft was saved").waitFor();
  await page.getByText("unsaved changes").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByText("Published as version 3.").waitFor();
  const [save] = server.calls.filter((call) => call.name === "PATCH /api/v4/bots/5");
  assert.equal(save.body.revision, 3);
  const [publish] = server.calls.filter((call) => call.name.endsWith("/publish"));
  assert.equal(publish.body.revision, 4);
});

test("two authors of one draft: the second chooses, and nothing is lost silently", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots/5");
  await edit(page, '"name": "Welcome', '"name": "Mine",');
  Object.assign(server.data.bots[0], {
    revision: 9,
    document: { ...server.data.bots[0].document, name: "Theirs" },
  });
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("dialog", { name: "Somebody else saved this draft" }).waitFor();
  await page.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(server.data.bots[0].document.name, "Mine");
});

test("the author may take the other's draft instead", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots/5");
  await edit(page, '"name": "Welcome', '"name": "Mine",');
  Object.assign(server.data.bots[0], {
    revision: 9,
    document: { ...server.data.bots[0].document, name: "Theirs" },
  });
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByRole("button", { name: "Take theirs" }).click();
  await page.locator(".cm-content").getByText('"Theirs"').waitFor();
  assert.equal(server.data.bots[0].document.name, "Theirs");
});

test("the editor completes from the catalogue", async (t) => {
  const { page } = await openApp(t, holder, "/bots/5");
  await edit(page, '"button:price": "prices"', '"button:price": ');
  await page.keyboard.type('"ask');
  await page.locator(".cm-tooltip-autocomplete").getByText('"ask_phone"').waitFor();
});

test("a published version can be looked at and taken back into the draft", async (t) => {
  const { page } = await openApp(t, holder, "/bots/5");
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByRole("button", { name: /^Version 1/ }).click();
  await page.getByRole("button", { name: "Restore into the draft" }).click();
  await page.getByRole("button", { name: "Take it" }).click();
  await page.getByText("unsaved changes").waitFor();
});

test("triggers are listed in words, added and deleted", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots/5");
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("cell", { name: "Sales → Qualified" }).waitFor();
  await page.getByRole("button", { name: "Delete the trigger" }).first().click();
  await page.getByRole("cell", { name: "A client begins a talk" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("cell", { name: "A client begins a talk" }).waitFor();
  assert.equal(server.data.triggers.at(-1).kind, "talk_started");
});

test("a bot is set to answer whenever no bot is running", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots/5");
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "A client writes and no bot is running" }).click();
  await page.getByRole("combobox", { name: "Channel" }).waitFor();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("cell", { name: "A client writes and no bot is running" }).waitFor();
  assert.equal(server.data.triggers.at(-1).kind, "no_bot_running");
});

test("two bots that wait for the same are told of each other, and their order is changed", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots/5");
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "A lead is moved to a stage" }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page
    .getByRole("alert")
    .getByText("Win back goes first: when both match, this bot is not launched.")
    .waitFor();
  const note = page.getByRole("note");
  await note.getByText("Win back goes first").waitFor();
  await note.getByRole("button", { name: "Let this bot go first" }).click();
  await note.getByText("This bot goes first: when both match, Win back is not launched.").waitFor();
  const move = server.calls.findLast(
    (call) => call.name.startsWith("PATCH") && call.name.includes("/triggers/"),
  );
  assert.deepEqual(move.body, { before: 9 });
  await note.getByRole("button", { name: "Let Win back go first" }).waitFor();
});

test("a bot that a stage launches beside others collides with nobody", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots/5");
  await page.getByRole("tab", { name: "Triggers" }).click();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "A lead is moved to a stage" }).click();
  await page.getByRole("checkbox", { name: "Beside other bots" }).check();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page
    .getByRole("row", { name: /A lead is moved to a stage/ })
    .getByText("beside other bots")
    .waitFor();
  assert.equal(server.data.triggers.at(-1).alongside, true);
  assert.equal(await page.getByRole("note").count(), 0);
});

test("every bot of the library can be previewed and added, twice too", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots");
  const offer = page.getByRole("article", { name: "Night shift" });
  await page.getByRole("article", { name: "Order status" }).waitFor();
  await offer.getByText("11 steps").waitFor();
  await offer.getByRole("button", { name: "Preview Night shift" }).click();
  const preview = page.getByRole("dialog", { name: "Night shift" });
  await preview.getByText("This is Night shift. What can we do for you?").waitFor();
  await preview.getByText("Ask for the phone").waitFor();
  for (const name of ["Night shift", "Night shift 2"]) {
    await page.getByRole("button", { name: "Add to my bots: Night shift" }).last().click();
    await page.locator(".cm-content").getByText(`"${name}"`).first().waitFor();
    await page.getByRole("link", { name: "Bots" }).first().click();
    await page.getByRole("row", { name: new RegExp(`^${name} `) }).waitFor();
  }
  assert.deepEqual(
    server.data.bots.slice(-2).map((bot) => bot.name),
    ["Night shift", "Night shift 2"],
  );
});
