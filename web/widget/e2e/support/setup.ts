import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { ChatPage, launch } from "./browser";
import { FakeServer } from "./fakeServer";
import { type Shop, startShop } from "./shop";

/** One browser a file; a fresh server, shop and browser profile a test. */
export interface World {
  server: FakeServer;
  shop: Shop;
  context: BrowserContext;
  visit(path?: string): Promise<ChatPage>;
  /** Another browser profile: another visitor, or another kind of device. */
  profile(options: BrowserContextOptions): Promise<BrowserContext>;
}

export function setUpWorld(): World {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const world = {} as World;
  world.visit = (path = "/") => ChatPage.visit(world.context, world.shop.origin + path);
  world.profile = async (options) => {
    const context = await browser.newContext({ locale: "en-GB", reducedMotion: "reduce", ...options });
    contexts.push(context);
    return context;
  };
  beforeAll(async () => {
    browser = await launch();
  });
  beforeEach(async () => {
    world.server = new FakeServer();
    await world.server.start();
    world.shop = await startShop(world.server.origin);
    world.context = await world.profile({});
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await world.server.stop();
    await world.shop.stop();
  });
  afterAll(() => browser.close());
  return world;
}
