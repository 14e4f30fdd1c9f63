import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { expect, test } from "vitest";
import { ChatPage } from "./support/browser";
import { setUpWorld } from "./support/setup";

const world = setUpWorld();
const OUT = fileURLToPath(new URL("../../e2e/out/widget/", import.meta.url));
mkdirSync(OUT, { recursive: true });

const LOOKS: Record<string, BrowserContextOptions> = {
  "desktop-light": { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  "desktop-dark": { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  "phone-light": {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    colorScheme: "light",
    hasTouch: true,
    isMobile: true,
  },
  "phone-dark": {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    colorScheme: "dark",
    hasTouch: true,
    isMobile: true,
  },
};

/** A picture that is worth looking at: sea, sky and a sun. */
const SEA = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="420"><rect width="640" height="420" fill="#f1e3cf"/><circle cx="430" cy="170" r="70" fill="#e9a15b"/><path d="M0 230c160-50 260 30 640-20v210H0Z" fill="#2f7a68"/></svg>`;

/** Every kind of row once. The pictures are for people to look at; what must hold is checked here and elsewhere. */
test.each(Object.entries(LOOKS))("pictures: %s", async (name, options) => {
  const context = await world.profile(options);
  world.server.onMessage = (message, server) => {
    if (message.text === "Hi there") answerHi(server);
  };
  const chat = await ChatPage.visit(context, `${world.shop.origin}/demo`);
  await chat.page.screenshot({ path: `${OUT}${name}-shop.png` });
  await chat.launcher.click();
  await chat.input.waitFor();
  await chat.write("Hi there");
  await chat.panel.getByRole("button", { name: "Filter" }).waitFor();
  await chat.page.screenshot({ path: `${OUT}${name}-replies.png` });
  // By key: right after a picture the browser may aim a click at where a frame of another site was before.
  await chat.panel.getByRole("button", { name: "Filter" }).press("Enter");
  await chat.bubble("Filter").locator(".status.sent").first().waitFor();
  world.server.readAll();
  say();
  await chat.panel.getByRole("link", { name: "Order Low Tide" }).waitFor();
  world.server.typing("Pip");
  await chat.panel.getByText("Pip is typing").waitFor({ state: "attached" });
  await chat.page.screenshot({ path: `${OUT}${name}-media.png` });
  world.server.goDown();
  await chat.panel.getByText("No connection.").waitFor();
  await chat.write("Could you grind it for a V60? It would be great to have it by Friday.");
  await chat.panel.getByLabel("Attach files").setInputFiles([
    { name: "my grinder.svg", mimeType: "image/svg+xml", buffer: Buffer.from(SEA) },
    {
      name: "a very long name of a document about water.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("x"),
    },
  ]);
  await chat.input.fill("x".repeat(3990));
  const toEnd = () => chat.log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  await expect.poll(toEnd, { message: "the end stays in sight" }).toBeLessThan(2);
  await chat.page.screenshot({ path: `${OUT}${name}-offline.png` });
  const sideways = await chat.log.evaluate((log) => log.scrollWidth - log.clientWidth);
  expect(sideways, "nothing sticks out").toBe(0);
});

function answerHi(server: typeof world.server): void {
  const buttons = ["Espresso", "Filter", "Moka pot", "I am not sure yet"].map((text, n) => ({
    id: `b${n}`,
    text,
  }));
  server.say({ text: "Welcome to Harbour & Pine. 👋" });
  server.say({ text: "What do you brew with at home?", buttons });
}

function say(): void {
  const { server } = world;
  const picture = server.addFile("picture", "low-tide.svg", "image/svg+xml", Buffer.from(SEA));
  const list = server.addFile("file", "price list 2026.pdf", "application/pdf", Buffer.alloc(183_000));
  const voice = server.addFile("voice", "voice.ogg", "audio/ogg", Buffer.alloc(10));
  server.say({
    text: "Then Low Tide is yours: https://shop.example/low-tide\nBlueberry, jasmine, a long finish.",
    attachments: [picture],
  });
  server.say({
    from: "agent",
    author: { name: "Marta" },
    text: "Here is the price list too.",
    attachments: [list, voice],
  });
  server.say({
    from: "agent",
    author: { name: "Marta" },
    text: "Shall I put a bag aside?",
    buttons: [{ url: "https://shop.example", text: "Order Low Tide" }],
  });
}
