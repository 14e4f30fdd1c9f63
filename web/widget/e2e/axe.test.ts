import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Frame } from "playwright-core";
import { expect, test } from "vitest";
import { ChatPage } from "./support/browser";
import { setUpWorld } from "./support/setup";

const world = setUpWorld();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

test.each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
  ["dark", 390],
] as const)("axe finds nothing in the chat, %s, %i wide", async (colorScheme, width) => {
  const context = await world.profile({ colorScheme, viewport: { width, height: 800 } });
  const chat = await ChatPage.visit(context, world.shop.origin);
  await expectNothing(chat.page.mainFrame(), "salesbot-chat", "the launcher");
  await chat.open();
  const panel = await panelOf(chat);
  await expectNothing(panel, "html", "an empty chat");

  const options = [
    { id: "a", text: "Delivery" },
    { id: "b", text: "Prices" },
  ];
  await chat.write("Hi");
  await chat.bubble("Hi").locator(".status.sent").waitFor();
  const question = world.server.say({ text: "What is it about?", buttons: options });
  await chat.panel.getByRole("button", { name: "Prices", exact: true }).waitFor();
  await expectNothing(panel, "html", "a question");

  await chat.panel.getByRole("button", { name: "Prices", exact: true }).click();
  await chat.bubble("Prices").last().locator(".status.sent").waitFor();
  world.server.spend(question, "b");
  await chat.input.fill("😀".repeat(4097));
  await chat.panel.getByText("Characters too many: 1").waitFor();
  await expectNothing(panel, "html", "an answered question, and a text that is too long");
});

async function panelOf(chat: ChatPage): Promise<Frame> {
  const frame = await (await chat.page.locator("salesbot-chat iframe").elementHandle())?.contentFrame();
  if (!frame) throw new Error("the panel has no frame");
  return frame;
}

/** Axe says nothing against what the selector names in the frame; the page around it is the shop's own. */
async function expectNothing(frame: Frame, selector: string, what: string): Promise<void> {
  await frame.evaluate(axe);
  const found = await frame.evaluate(async (selector) => {
    // biome-ignore lint/suspicious/noExplicitAny: axe puts itself into the page
    const { violations } = await (window as any).axe.run(selector, {
      resultTypes: ["violations"],
      preload: false,
      iframes: false,
      rules: { region: { enabled: false } },
    });
    return violations.flatMap(
      ({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
        nodes.map((node) => `${id}: ${node.html}: ${node.failureSummary}`),
    );
  }, selector);
  expect(found, what).toEqual([]);
}
