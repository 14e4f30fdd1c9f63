import { expect, test, vi } from "vitest";
import { PICTURE, VIDEO } from "./support/media";
import { setUpWorld } from "./support/setup";

const world = setUpWorld();

test("a whole dialogue: greeting, words, quick replies, links, typing and ticks", async () => {
  world.server.onMessage = (message, server) => {
    if (message.text === "Hi") {
      server.say({
        text: "What do you brew with?",
        buttons: [
          { id: "b1", text: "Espresso" },
          { id: "b2", text: "Filter" },
        ],
      });
    }
    if (message.text === "Filter") {
      const question = server.visitor.messages.find((other) => other.buttons.length > 0);
      if (question) server.spend(question, "b2");
      server.say({
        text: "Then <b>Low Tide</b>:\nhttps://shop.example/low-tide.",
        buttons: [{ url: "https://shop.example/buy", text: "Buy" }],
      });
    }
  };
  const chat = await world.visit();
  await chat.open();
  await chat.bubble("Ask us anything").waitFor();
  expect(world.server.visitors, "looking makes no visitor").toHaveLength(0);

  await chat.write("Hi");
  await chat.panel.getByRole("button", { name: "Filter" }).click();
  await chat.panel.getByRole("link", { name: "Buy" }).waitFor();

  expect(await chat.texts()).toEqual([
    "Hello! Ask us anything about coffee.",
    "Hi",
    "What do you brew with?",
    "Filter",
    "Then <b>Low Tide</b>:\nhttps://shop.example/low-tide.",
  ]);
  expect(await chat.panel.getByRole("link", { name: "low-tide" }).getAttribute("href")).toBe(
    "https://shop.example/low-tide",
  );
  expect(await chat.panel.getByRole("button", { name: "Espresso" }).isDisabled()).toBe(true);
  expect(await chat.panel.getByRole("button", { name: "Filter" }).getAttribute("aria-pressed")).toBe("true");
  const posted = world.server.calls
    .filter((call) => call.path.endsWith("/messages"))
    .map((call) => call.body);
  expect(posted).toMatchObject([{ text: "Hi" }, { text: "Filter", button: "b2" }]);

  world.server.typing("Pip");
  await chat.panel.getByText("Pip is typing").waitFor();
  world.server.say({ text: "Anything else?" });
  await chat.bubble("Anything else?").waitFor();
  await expect.poll(() => chat.panel.getByText("Pip is typing").count()).toBe(0);

  expect(await chat.panel.locator(".status.read").count()).toBe(0);
  world.server.readAll();
  await expect.poll(() => chat.panel.locator(".status.read").count()).toBe(2);
  expect(chat.errors, "nothing the pages' CSP forbids").toEqual([]);
});

test("quick replies are spent by the server: with the chosen one marked, none, and again after a break", async () => {
  const buttons = [
    { id: "b1", text: "Espresso" },
    { id: "b2", text: "Filter" },
  ];
  const chat = await world.visit();
  await chat.open();
  await chat.write("Hi");
  await chat.bubble("Hi").locator(".status.sent").waitFor();
  const question = world.server.say({ text: "What do you brew with?", buttons });
  const [espresso, filter] = ["Espresso", "Filter"].map((name) => chat.panel.getByRole("button", { name }));
  if (!espresso || !filter) throw new Error("two buttons");
  await filter.waitFor();

  // Words close them for the moment; a person's answer shows that the bot still waits.
  await chat.write("Is anybody there?");
  await expect.poll(() => filter.isDisabled()).toBe(true);
  world.server.say({ from: "agent", author: { name: "Ada" }, text: "I am" });
  await expect.poll(() => filter.isDisabled()).toBe(false);

  await filter.focus();
  world.server.spend(question);
  await expect.poll(() => filter.isDisabled()).toBe(true);
  expect(await filter.getAttribute("aria-pressed")).toBe("false");
  expect(await chat.input.evaluate((input) => input === document.activeElement), "focus is not lost").toBe(
    true,
  );
  const paint = await espresso.evaluate((button) => {
    const style = getComputedStyle(button);
    return [style.color, style.backgroundColor, style.opacity];
  });
  expect(contrast(paint[0] ?? "", paint[1] ?? "")).toBeGreaterThanOrEqual(4.5);
  expect(paint[2]).toBe("1");

  const second = world.server.say({ text: "And how much?", buttons: [{ id: "c1", text: "One bag" }] });
  const bag = chat.panel.getByRole("button", { name: "One bag" });
  await bag.waitFor();
  world.server.goDown();
  Object.assign(second, { spent: true, chosen: "c1" });
  for (let n = 0; n < 30; n += 1) world.server.say({ text: `News ${n}` });
  world.server.goUp();
  await expect.poll(() => bag.getAttribute("aria-pressed"), { timeout: 20_000 }).toBe("true");
  expect(chat.errors).toEqual([]);
});

/** WCAG's contrast of two colours as a browser computes them. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [a, b]
    .map((colour) => {
      const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    })
    .sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

test("the unread badge counts while the panel is closed, and opening it reads", async () => {
  const chat = await world.visit();
  await chat.open();
  await chat.write("Hi");
  await chat.bubble("Hi").locator(".status.sent").waitFor();
  await chat.panel.getByRole("button", { name: "Close chat" }).click();
  world.server.say({ text: "One" });
  const last = world.server.say({ text: "Two" });
  await expect.poll(() => chat.launcher.getAttribute("aria-label")).toBe("Open chat, new messages: 2");
  await chat.open();
  await expect.poll(() => chat.launcher.getAttribute("aria-label")).toBe("Close chat");
  await vi.waitFor(() =>
    expect(world.server.calls.at(-1)).toMatchObject({ path: "/live/shop/read", body: { seq: last.seq } }),
  );
});

test("files go both ways, and a video tells when it is opened and closed", async () => {
  const chat = await world.visit();
  await chat.open();
  await chat.panel.getByLabel("Attach files").setInputFiles([
    { name: "cup.png", mimeType: "image/png", buffer: PICTURE },
    { name: "order.txt", mimeType: "text/plain", buffer: Buffer.from("2 bags") },
  ]);
  await chat.write("My order");
  await chat.panel.getByRole("button", { name: "View cup.png" }).waitFor();
  await chat.panel.getByRole("link", { name: "Download order.txt" }).waitFor();
  expect(world.server.visitor.messages[0]?.attachments.map((file) => file.type)).toEqual(["picture", "file"]);

  const video = world.server.addFile("video", "roast.webm", "video/webm", VIDEO);
  const sent = world.server.say({ attachments: [video] });
  await chat.panel.getByRole("button", { name: "Play video roast.webm" }).click();
  await chat.panel.getByRole("dialog").waitFor();
  await chat.page.keyboard.press("Escape");
  await expect.poll(() => chat.panel.getByRole("dialog").count()).toBe(0);
  expect(await chat.input.isVisible(), "Escape closed the video, not the chat").toBe(true);
  const events = () =>
    world.server.calls.filter((call) => call.path.endsWith("/video")).map((call) => call.body);
  await vi.waitFor(() =>
    expect(events()).toEqual([
      { message_id: sent.id, event: "opened" },
      { message_id: sent.id, event: "closed" },
    ]),
  );
  expect(chat.errors).toEqual([]);
});

test("a file over the limit is refused before it is sent; a refused message can be tried again or deleted", async () => {
  const chat = await world.visit();
  await chat.open();
  const big = {
    name: "big.bin",
    mimeType: "application/octet-stream",
    buffer: Buffer.alloc(1024 * 1024 + 1),
  };
  await chat.panel.getByLabel("Attach files").setInputFiles(big);
  await chat.panel.getByText("big.bin is too large: the limit is 1 MB.").waitFor();

  world.server.settings.max_file_bytes = 3;
  await chat.panel
    .getByLabel("Attach files")
    .setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("four") });
  await chat.write("See this");
  await chat.panel.getByText("Not sent: too large").waitFor();
  await chat.write("And this");
  await chat.bubble("And this").locator(".status.sent").waitFor();

  world.server.settings.max_file_bytes = 1000;
  await chat.panel.getByRole("button", { name: "Try again" }).click();
  await chat.bubble("See this").locator(".status.sent").waitFor();
  expect(world.server.visitor.messages.map((m) => m.text)).toEqual(["And this", "See this"]);
});

test("pasted and dropped files land in the tray", async () => {
  const chat = await world.visit();
  await chat.open();
  for (const type of ["paste", "drop"]) {
    await chat.panel.locator("main").evaluate((main, kind) => {
      const data = new DataTransfer();
      data.items.add(new File(["x"], `${kind}.txt`, { type: "text/plain" }));
      const event =
        kind === "paste"
          ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      main.dispatchEvent(event);
    }, type);
    await chat.panel.getByRole("button", { name: `Remove ${type}.txt` }).waitFor();
  }
});

test("the page's API opens, identifies and listens, also before the loader has run", async () => {
  const page = await world.context.newPage();
  await page.addInitScript(() => {
    const calls: unknown[] = [];
    Object.assign(window, { seen: [], SalesbotChat: calls });
    const seen = (window as unknown as { seen: string[] }).seen;
    calls.push(["identify", { name: "Ada", email: "ada@example.org", password: "no" }]);
    calls.push(["on", "message", (m: { from: string; text: string }) => seen.push(`${m.from}: ${m.text}`)]);
    calls.push(["on", "open", () => seen.push("open")]);
    calls.push(["open"]);
  });
  await page.goto(world.shop.origin);
  const panel = page.frameLocator("salesbot-chat iframe");
  await panel.getByRole("textbox").fill("Hi");
  await panel.getByRole("button", { name: "Send" }).click();
  await vi.waitFor(() => expect(world.server.visitors).toHaveLength(1));
  expect(world.server.visitor.profile).toEqual({ name: "Ada", email: "ada@example.org" });
  expect(world.server.calls[0]?.body).toMatchObject({
    page: { url: `${world.shop.origin}/`, title: "Shop" },
  });
  await panel.locator(".status.sent").waitFor();
  world.server.say({ text: "Hello Ada" });
  await expect.poll(() => page.evaluate("window.seen")).toEqual(["open", "visitor: Hi", "bot: Hello Ada"]);
  await page.evaluate("window.SalesbotChat.close()");
  await expect.poll(() => panel.getByRole("textbox").isVisible()).toBe(false);
});
