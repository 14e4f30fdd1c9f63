// One server and one browser for a file's tests, and the people who sit before them.
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { Server } from "./server.mjs";
import { Visitor } from "./visitor.mjs";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"];

/** How long a person waits for anything on a page. */
const PATIENCE_MS = 60_000;

export function wholeWorld() {
  const world = new World();
  before(() => world.open());
  after(() => world.close());
  return world;
}

export class World {
  /** Errors of any page; a file of tests must end without one. */
  errors = [];

  async open() {
    [this.server, this.browser] = await Promise.all([
      Server.fresh(),
      chromium.launch({ executablePath, args }),
    ]);
    this.api = await this.server.api();
  }

  async close() {
    await this.browser?.close();
    await this.server?.remove();
    if (this.errors.length > 0) throw this.errors[0];
  }

  /** A browser of its own: no cookies, nothing remembered. */
  async context(t, options = {}) {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: "reduce",
      locale: "en-GB",
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on("weberror", (error) => this.errors.push(error.error()));
    t?.after(() => context.close());
    return context;
  }

  /** Somebody on the demo page, with the chat open. */
  async visitor(t, options) {
    const context = await this.context(t, options);
    return Visitor.visit(context, `${this.server.url}/demo`);
  }

  /** A signed-in administrator's page. */
  async person(t, path = "/", options = {}) {
    const context = await this.context(t, options);
    const page = await context.newPage();
    const link = await this.server.command("login");
    await page.goto(`${this.server.url}/login?${link.split("?")[1]}`);
    await page.waitForURL(/\/pipelines\/\d+/);
    if (path !== "/") await page.goto(this.server.url + path);
    return page;
  }

  /** The lead that a visitor's first message has made: the newest one. */
  async newestLead() {
    const leads = await this.api.list("leads", "?order[id]=desc&limit=1&with=contacts");
    return leads[0];
  }
}
