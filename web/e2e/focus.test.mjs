// Whoever works with a keyboard is never thrown back to the top of the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

/** The name, or else the tag, of what has the focus, once the page has been still for a moment. */
async function focused(page) {
  await page.evaluate(() => {
    const CALM_MS = 250;
    return new Promise((resolve) => {
      let timer = setTimeout(done, CALM_MS);
      const observer = new MutationObserver(() => {
        clearTimeout(timer);
        timer = setTimeout(done, CALM_MS);
      });
      observer.observe(document, { subtree: true, childList: true, attributes: true });
      function done() {
        observer.disconnect();
        resolve();
      }
    });
  });
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element.labels?.[0]?.textContent || element.textContent;
    return element.getAttribute("aria-label") || label?.trim() || element.tagName;
  });
}

const press = (page, button) => button.press("Enter").then(() => focused(page));

test("a task that is done hands the focus to the next one, and a new one to its neighbours", async (t) => {
  const { page } = await openApp(t, holder, "/leads/1", { height: 1400 });
  const tasks = page.getByRole("region", { name: "Tasks" });
  await tasks.getByLabel("Call Maria back about the annual plan").press("Space");
  await tasks.getByLabel("Result").fill("Done");
  assert.match(await press(page, tasks.getByRole("button", { name: "Complete" })), /Send the signed offer/);
  await tasks.getByRole("button", { name: "Add a task" }).press("Enter");
  await tasks.getByLabel("What to do").fill("Send the invoice");
  assert.match(
    await press(page, tasks.getByRole("button", { name: "Add", exact: true })),
    /Send the signed offer|Send the invoice|Add a task/,
  );
});

test("a file can be taken off a reply by keyboard, and the focus stays with the reply", async (t) => {
  const { page } = await openApp(t, holder, "/leads/1");
  const remove = page.getByRole("button", { name: "Remove offer.pdf" });
  for (const count of [1, 2]) {
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "offer.pdf", mimeType: "application/pdf", buffer: Buffer.from("x") });
    await remove.nth(count - 1).waitFor();
  }
  assert.equal(await press(page, remove.first()), "Remove offer.pdf");
  assert.equal(await press(page, remove.first()), "Attach a file");
});

for (const name of ["Discard", "Send again"])
  test(`${name} at a reply that was not sent goes back to the reply`, async (t) => {
    const { page, server } = await openApp(t, holder, "/leads/1");
    server.fail(/POST .*\/messages$/, 409, { title: "Conflict", detail: "The channel is away." });
    await page.getByRole("textbox", { name: "Reply" }).fill("Hello");
    await page.keyboard.press("Enter");
    assert.equal(await press(page, page.getByRole("button", { name })), "Reply");
  });

test("a button that is busy keeps the focus, and does nothing twice", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  const busy = page.getByRole("button", { name: "Take over" });
  let answer;
  const asked = new Promise((resolve) => {
    answer = resolve;
  });
  await page.route("**/take_over", (route) => answer(route));
  await busy.press("Enter");
  const route = await asked;
  await page.locator("button[aria-busy=true]").press("Enter");
  assert.equal(await focused(page), "Take over");
  await route.continue();
  assert.match(await focused(page), /^(Take over|Hand back)/);
  await page.getByRole("button", { name: /^Hand back/ }).waitFor();
  assert.match(await focused(page), /^Hand back/);
  assert.equal(server.calls.filter(({ name }) => name.endsWith("take_over")).length, 1);
});

test("a page that is gone to has the focus", async (t) => {
  const { page } = await openApp(t, holder, "/pipelines/1");
  await page.getByRole("link", { name: "Annual plan for Maria" }).first().press("Enter");
  await page.getByRole("heading", { name: "Annual plan for Maria" }).waitFor();
  await focused(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
});

for (const at of ["/pipelines/1", "/leads/1", "/runs/77", "/bots", "/bots/5", "/secrets", "/channels"])
  test(`no button at ${at} leaves the focus on nothing`, async (t) => {
    const { page, server } = await openApp(t, holder, at, { height: 1400 });
    const buttons = page.locator("#main button:enabled:visible:not([role])");
    await buttons.first().waitFor();
    await focused(page);
    const names = await buttons.evaluateAll((all) => all.map((one) => one.ariaLabel || one.textContent));
    // Cards are many, and alike.
    const walked = [...new Set(names)].filter((name, index) => index < 3 || !name.startsWith("Move "));
    for (const name of walked)
      await t.test(name || "a button without words", async () => {
        await page.goto(server.url + at);
        await page.waitForFunction((name) => {
          const named = (one) => !one.disabled && (one.ariaLabel || one.textContent) === name;
          const button = [...document.querySelectorAll("#main button:not([role])")].find(named);
          button?.focus();
          return button && button === document.activeElement;
        }, name);
        await page.keyboard.press("Enter");
        await focused(page);
        assert.equal(await page.evaluate(() => document.activeElement === document.body), false);
      });
  });
