import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { start } from "./mock/server.mjs";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"];

/** One browser for a file's tests. */
export function browserFor() {
  const holder = {};
  before(async () => {
    holder.browser = await chromium.launch({ executablePath, args });
  });
  after(() => holder.browser?.close());
  return holder;
}

/** A signed-in page on a server of its own; both end with the test. Errors on the page fail the test. */
export async function openApp(t, { browser }, path, options = {}) {
  const server = await start();
  server.data.signedIn = options.signedIn ?? true;
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-GB",
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error));
  t.after(async () => {
    await context.close();
    await server.stop();
    if (errors.length > 0) throw errors[0];
  });
  await page.goto(server.url + path);
  return { page, server };
}
