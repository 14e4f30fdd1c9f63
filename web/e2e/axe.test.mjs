import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pages } from "./pages.mjs";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const router = await readFile(new URL("../src/app/router.tsx", import.meta.url), "utf8");
const paths = [...router.matchAll(/path: "([^"]+)"/g)].map((match) => match[1]);

const button = (name) => (page) => page.getByRole("button", { name, exact: true }).first().click();
const tab = (name) => (page) => page.getByRole("tab", { name }).click();

async function asOnAFirstStart(page) {
  await page.route("**/api/v4/first_start", (route) => route.fulfill({ json: { is_shown: true } }));
  await page.reload();
}

async function invite(page) {
  await page.getByRole("button", { name: "Your account NL" }).click();
  await page.getByRole("menuitem", { name: "Invite a colleague" }).click();
}

/** What opens on a page beside what it shows at once: the page, how it is opened, what is to be seen then. */
const openings = {
  "the new lead's form": ["/pipelines/1", button("New lead"), "Create lead"],
  "the move menu": ["/pipelines/1", button("Move Annual plan for Maria to another stage"), "Move to"],
  "a search without results": ["/pipelines/1?q=unheard", () => {}, "No lead here fits the search"],
  "the first steps": ["/pipelines/2", asOnAFirstStart, "Three things to begin with"],
  "the invitation": ["/bots", invite, "E-mail"],
  "the palette": ["/bots", button(/^Search leads/), "All bots, versions and triggers"],
  "the account's menu": ["/bots", button("Your account NL"), "Sign out"],
  "the new bot's form": ["/bots", button("New bot"), "Create bot"],
  "the library's preview": ["/bots", button("Preview Night shift"), "How it goes"],
  versions: ["/bots/5", tab("Versions"), "Version 1"],
  triggers: ["/bots/5", tab("Triggers"), "Sales → Qualified"],
  "a failed run": ["/runs/70", () => {}, "visited more than 200 steps"],
  "a channel's settings": ["/channels", button("Settings"), "Allowed origins"],
  "a page that is not there": ["/nowhere", () => {}, "There is no such page"],
  "a lead that is not there": ["/leads/999", () => {}, "no such lead"],
  "a login link that is spent": ["/login?token=spent", () => {}, "works once"],
};

/** Below 48em a lead's and a run's parts are tabs. */
const narrow = {
  "a lead's fields": ["/leads/1", tab("Lead"), "Company size"],
  "a lead's tasks": ["/leads/1", tab("Work"), "Met at the spring fair"],
  "a lead's bot": ["/leads/1", tab("Bot"), "Wait a day"],
  "a run's canvas": ["/runs/77", tab("Canvas"), "Price list"],
};

for (const width of [1440, 390])
  test(`axe finds nothing on any page in either colours, ${width} wide`, async (t) => {
    const { page, server } = await openApp(t, holder, "/login", { width, signedIn: false });
    const cases = paths.map((path) => {
      assert.ok(pages[path], `e2e/pages.mjs has no address for ${path}`);
      return [path, pages[path].at, () => {}, pages[path].shows, pages[path].signedOut];
    });
    const opened = Object.entries(width < 700 ? { ...openings, ...narrow } : openings);
    cases.push(...opened.map(([name, rest]) => [name, ...rest]));
    for (const [name, address, open, shows, signedOut] of cases)
      await t.test(name, async () => {
        server.data.signedIn = !signedOut;
        await page.goto(server.url + address);
        await open(page);
        await page.getByText(shows).filter({ visible: true }).first().waitFor();
        await page.evaluate(axe);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
          assert.equal((await violations(page)).join("\n"), "", colorScheme);
        }
      });
  });

/** What axe says against a page, one line a node. */
async function violations(page) {
  // What opens over a page hangs at the end of the document, outside its landmarks.
  const options = { resultTypes: ["violations"], preload: false, rules: { region: { enabled: false } } };
  const { violations } = await page.evaluate((options) => window.axe.run(options), options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
      return `${id} at ${target.join(" ")}: ${why}`;
    }),
  );
}
