import { expect, test } from "vitest";
import { ChatPage } from "./support/browser";
import { setUpWorld } from "./support/setup";

const world = setUpWorld();

test("keyboard only: open, answer by a button, write, close, and be back at the launcher", async () => {
  world.server.onMessage = (message, server) => {
    if (message.text === "Hi")
      server.say({
        text: "Which?",
        buttons: [
          { id: "a", text: "A" },
          { id: "b", text: "B" },
        ],
      });
  };
  const chat = await world.visit();
  const { keyboard } = chat.page;
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect.poll(() => chat.input.evaluate((input) => input === document.activeElement)).toBe(true);
  await keyboard.type("Hi");
  await keyboard.press("Enter");
  await chat.panel.getByRole("button", { name: "B", exact: true }).waitFor();

  await keyboard.press("Shift+Tab");
  await keyboard.press("Shift+Tab");
  await keyboard.press("Space");
  await chat.bubble("B").locator(".status.sent").waitFor();
  expect(await chat.input.evaluate((input) => input === document.activeElement), "focus is not lost").toBe(
    true,
  );

  await keyboard.type("two");
  await keyboard.press("Shift+Enter");
  await keyboard.type("lines");
  await keyboard.press("Enter");
  await chat.bubble("two").locator(".status.sent").waitFor();
  expect(world.server.visitor.messages.at(-1)?.text).toBe("two\nlines");

  await keyboard.press("Escape");
  await expect.poll(() => chat.input.isVisible()).toBe(false);
  expect(await chat.page.evaluate("document.activeElement.shadowRoot.activeElement.className")).toContain(
    "launcher",
  );
});

test("screen readers get roles, names and states", async () => {
  const chat = await world.visit();
  expect(await chat.launcher.getAttribute("aria-expanded")).toBe("false");
  await chat.open();
  expect(await chat.launcher.getAttribute("aria-expanded")).toBe("true");
  await chat.page.getByRole("dialog", { name: "Harbour & Pine" }).waitFor();
  expect(await chat.log.getAttribute("aria-live")).toBe("polite");
  await chat.write("Hi");
  await chat.bubble("Hi").getByText("Sent", { exact: true }).waitFor({ state: "attached" });
  const unnamed = await chat.panel
    .locator("button, a, input, textarea")
    .evaluateAll((elements) =>
      elements
        .filter((e) => !(e.getAttribute("aria-label") || e.textContent?.trim()))
        .map((e) => e.outerHTML),
    );
  expect(unnamed).toEqual([]);
});

test("the counter appears near the limit, and a text over it cannot be sent", async () => {
  const chat = await world.visit();
  await chat.open();
  await chat.input.fill("x".repeat(4000));
  await chat.panel.getByText("Characters left: 96").waitFor();
  await chat.input.fill("😀".repeat(4097));
  await chat.panel.getByText("Characters too many: 1").waitFor();
  expect(await chat.panel.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await chat.input.fill("😀".repeat(4096));
  await chat.input.press("Enter");
  await chat.log.locator(".status.sent").waitFor();
});

test("on a phone the panel fills the screen, follows the keyboard and holds the page still", async () => {
  const phone = await world.profile({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  const chat = await ChatPage.visit(phone, world.shop.origin);
  await chat.launcher.tap();
  await chat.input.waitFor();
  expect(await chat.page.locator("salesbot-chat .panel").boundingBox()).toEqual({
    x: 0,
    y: 0,
    width: 390,
    height: 844,
  });
  expect(await chat.launcher.isVisible()).toBe(false);
  expect(await chat.page.evaluate("document.documentElement.style.overflow")).toBe("hidden");
  expect(await chat.input.evaluate((input) => input === document.activeElement), "no keyboard unasked").toBe(
    false,
  );
  // An on-screen keyboard shrinks the visual viewport; the browser under test has none, so its size is given.
  await chat.page.evaluate(() => {
    Object.defineProperty(visualViewport, "height", { value: 500, configurable: true });
    visualViewport?.dispatchEvent(new Event("resize"));
  });
  expect(await chat.page.locator("salesbot-chat .panel").boundingBox()).toMatchObject({ height: 500 });
  await chat.panel.getByRole("button", { name: "Close chat" }).tap();
  await expect.poll(() => chat.page.evaluate("document.documentElement.style.overflow")).toBe("");
});

test("the panel speaks the browser's language and the channel's setting wins", async () => {
  const german = await world.profile({ locale: "de-AT" });
  const first = await ChatPage.visit(german, world.shop.origin);
  await first.open();
  expect(await first.input.getAttribute("placeholder")).toBe("Nachricht schreiben …");
  world.server.settings.language = "ru";
  const second = await ChatPage.visit(german, world.shop.origin);
  expect(await second.launcher.getAttribute("aria-label")).toBe("Открыть чат");
});

test("a page that is not the parent of the panel cannot command it", async () => {
  const chat = await world.visit();
  await chat.open();
  await chat.page.evaluate(() => {
    // The same words, from the page's own window instead of the panel's.
    postMessage({ bridge: "salesbot-chat/1", type: "unread", count: 9 }, "*");
    postMessage({ bridge: "salesbot-chat/1", type: "close" }, "*");
  });
  await chat.write("Still here");
  await chat.bubble("Still here").locator(".status.sent").waitFor();
  expect(await chat.launcher.getAttribute("aria-label")).toBe("Close chat");
});
