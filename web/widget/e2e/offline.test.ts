import { expect, test, vi } from "vitest";
import { ChatPage } from "./support/browser";
import { setUpWorld } from "./support/setup";

const world = setUpWorld();

const received = () => world.server.visitor.messages.filter((m) => m.from === "visitor").map((m) => m.text);

// On another site than the chat this browser gives the panel no storage, so the page lends its own; on the same site it does.
test.each(["another", "the same"])(
  "on %s site: what is written offline survives a reload and is sent once, in order",
  async (site) => {
    const home = site === "another" ? world.shop.origin : world.shop.origin.replace("127.0.0.1", "localhost");
    const chat = await ChatPage.visit(world.context, home);
    await chat.open();
    await chat.write("Before");
    await chat.bubble("Before").locator(".status.sent").waitFor();

    world.server.goDown();
    await chat.panel.getByText("No connection.").waitFor();
    for (const text of ["One", "Two"]) {
      await chat.write(text);
      await chat.bubble(text).locator(".status.waiting").waitFor();
    }
    const file = { name: "later.txt", mimeType: "text/plain", buffer: Buffer.from("kept") };
    await chat.panel.getByLabel("Attach files").setInputFiles(file);
    await chat.write("Three");
    await chat.bubble("Three").locator(".status.waiting").waitFor();
    expect(received()).toEqual(["Before"]);

    // The panel itself cannot load from a dead server: the page is left and visited again.
    await chat.page.goto("about:blank");
    world.server.goUp();
    await chat.page.goto(home);
    const lent = await chat.page.evaluate("localStorage.getItem('salesbot-chat:shop:panel')");
    expect(lent === null, "each way of keeping has been used").toBe(site === "the same");
    await expect.poll(received, { timeout: 15_000 }).toEqual(["Before", "One", "Two", "Three"]);
    expect(world.server.visitor.messages.at(-1)?.attachments[0]?.name).toBe("later.txt");
    await chat.bubble("Three").locator(".status.sent").waitFor();
    expect((await chat.texts()).slice(1)).toEqual(["Before", "One", "Two", "Three"]);
    expect(world.server.visitors, "the visitor is remembered").toHaveLength(1);
  },
);

test("a first message without a network makes the visitor later", async () => {
  const chat = await world.visit();
  await chat.open();
  world.server.goDown();
  await chat.write("Anybody?");
  await chat.bubble("Anybody?").locator(".status.waiting").waitFor();
  world.server.goUp();
  await chat.bubble("Anybody?").locator(".status.sent").waitFor();
  expect(received()).toEqual(["Anybody?"]);
});

test("what was said while the line was dead is caught up with, once", async () => {
  const chat = await world.visit();
  await chat.open();
  await chat.write("Hi");
  await chat.bubble("Hi").locator(".status.sent").waitFor();
  world.server.goDown();
  await chat.panel.getByText("No connection.").waitFor();
  // The full stop tells 12 at 0 o'clock from 120.
  for (let n = 1; n <= 120; n++) world.server.say({ text: `missed ${n}.` });
  world.server.goUp();
  await chat.bubble("missed 120.").waitFor({ timeout: 15_000 });
  const texts = (await chat.texts()).slice(2);
  expect(texts).toEqual(Array.from({ length: 120 }, (_, n) => `missed ${n + 1}.`));
  await expect.poll(() => chat.panel.getByText("No connection.").isVisible()).toBe(false);
});

test("a lost answer leads to a resend, and a resend is one message", async () => {
  world.server.loseAnswers = 2;
  const chat = await world.visit();
  await chat.open();
  await chat.write("Once");
  const posts = () => world.server.calls.filter((call) => call.path.endsWith("/messages"));
  await vi.waitFor(() => expect(posts()).toHaveLength(3), { timeout: 10_000 });
  const ids = posts().map((call) => (call.body as { client_id: string }).client_id);
  expect(new Set(ids).size).toBe(1);
  await chat.bubble("Once").locator(".status.sent").waitFor();
  expect(await chat.bubble("Once").count()).toBe(1);
  expect(received()).toEqual(["Once"]);
});

test("two tabs are one visitor and show the same", async () => {
  const [first, second] = [await world.visit(), await world.visit()];
  await first.open();
  await second.open();
  await first.write("From the first");
  await second.bubble("From the first").locator(".status.sent").waitFor();
  await second.write("From the second");
  await first.bubble("From the second").locator(".status.sent").waitFor();
  world.server.say({ text: "To both" });
  await first.bubble("To both").waitFor();
  await second.bubble("To both").waitFor();
  expect(world.server.visitors).toHaveLength(1);
  expect(await first.texts()).toEqual(await second.texts());
});

test("a token that is no longer valid makes a new visitor and loses no message", async () => {
  const chat = await world.visit();
  await chat.open();
  await chat.write("Old");
  await chat.bubble("Old").locator(".status.sent").waitFor();
  world.server.visitors.length = 0;
  await chat.write("New");
  await expect.poll(() => world.server.visitors.length, { timeout: 10_000 }).toBe(1);
  await chat.bubble("New").locator(".status.sent").waitFor();
  expect(received()).toEqual(["New"]);
  expect(await chat.bubble("Old").count()).toBe(0);
});

test("the history is paged back while the reader stays in place", async () => {
  const chat = await world.visit();
  await chat.open();
  await chat.write("Hi");
  await chat.bubble("Hi").locator(".status.sent").waitFor();
  for (let n = 1; n <= 130; n++) world.server.say({ text: `line ${n}.` });
  await chat.page.close();
  const again = await ChatPage.visit(world.context, world.shop.origin);
  await again.open();
  await again.bubble("line 130.").waitFor();
  expect(await again.bubble("line 80.").count(), "only the newest page at first").toBe(0);
  await again.log.evaluate((log) => log.scrollTo({ top: 100 }));
  await again.bubble("line 80.").waitFor({ state: "attached" });
  expect(
    await again.log.evaluate((log) => log.scrollTop),
    "what was at the top is still there",
  ).toBeGreaterThan(1000);
});
