// A salesperson's day with a client at the other end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/server.mjs";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

test("the login link lets in once; without a session every page is the sign-in page", async (t) => {
  const page = await (await world.context(t)).newPage();
  await page.goto(`${world.server.url}/bots`);
  await page.waitForURL(/\/login\?next=%2Fbots$/);
  await page.goto(world.server.loginLink);
  await page.getByRole("heading", { name: "Incoming leads" }).waitFor();

  const other = await (await world.context(t)).newPage();
  await other.goto(world.server.loginLink);
  await other.getByRole("alert").waitFor();
  await other.getByLabel("E-mail").waitFor();

  const answers = await Promise.all(
    [undefined, "Bearer wrong"].map((authorization) =>
      fetch(`${world.server.url}/api/v4/leads`, { headers: authorization ? { authorization } : {} }),
    ),
  );
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [401, 401],
  );
});

test("who is signed out elsewhere lands on the sign-in page, and comes back to where they were", async (t) => {
  const page = await world.person(t, "/bots");
  await page.getByRole("cell", { name: /Welcome/ }).waitFor();
  await page.context().clearCookies();
  await page.reload();
  await page.waitForURL(/\/login\?next=%2Fbots$/);
  await page.goto(await freshLink("/bots"));
  await page.getByRole("cell", { name: /Welcome/ }).waitFor();
});

test("a lead is dragged, moved by keyboard, and a second browser sees it move", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.press("Prices");
  await visitor.hears("What is your phone number?");
  const lead = await world.newestLead();
  const [board, other] = await Promise.all([world.person(t), world.person(t)]);
  await live(board);
  await live(other);
  const card = (page, at) => stage(page, at).getByRole("article").filter({ hasText: lead.name });

  await drag(board, card(board, "Incoming leads"), stage(board, "First contact"));
  await card(board, "First contact").waitFor();
  await card(other, "First contact").waitFor();
  await until("the server has it", async () => (await stageOf(lead.id)) === "First contact");

  await card(board, "First contact").getByRole("link").focus();
  await board.keyboard.press("Space");
  await board.getByText("is over the stage First contact.").waitFor({ state: "attached" });
  await board.keyboard.press("ArrowRight");
  await board.getByText("is over the stage Offer made.").waitFor({ state: "attached" });
  await board.keyboard.press("Space");
  await card(other, "Offer made").waitFor();
  assert.equal(await stageOf(lead.id), "Offer made");
});

test("a reply reaches the client and is seen to be read; who takes over holds the bot, whatever is replied", async (t) => {
  const { visitor, page, log } = await asked(t);
  await page.getByRole("button", { name: "Take over" }).click();
  await page.getByText("You talk now; the bots are silent").waitFor();
  await visitor.write("+1 415 555 2671"); // the bot would thank for it
  await log.getByText("+1 415 555 2671", { exact: true }).waitFor();
  await page.getByRole("textbox", { name: "Reply" }).fill("This is Nora. I will call you at five.");
  await page.keyboard.press("Enter");
  await visitor.hears("This is Nora. I will call you at five.");
  const reply = log.locator("[data-ours]", { hasText: "This is Nora." });
  await reply.getByRole("img", { name: "Read" }).waitFor();
  await page.getByRole("region", { name: "Bots" }).getByText("paused").first().waitFor();
  assert.deepEqual((await visitor.texts()).slice(-2), [
    "+1 415 555 2671",
    "This is Nora. I will call you at five.",
  ]);
});

test("what a client says to the person who took over is not the bot's; the button says who goes on where, and so it is", async (t) => {
  const { visitor, page, log } = await asked(t);
  const bots = page.getByRole("region", { name: "Bots" });
  await bots.getByRole("button", { name: "Take over" }).click();
  await bots.getByText("paused").waitFor();
  await visitor.write("Is anybody there?");
  await log.getByText("Is anybody there?").waitFor();
  await page.getByRole("textbox", { name: "Reply" }).fill("Yes, this is Nora.");
  await page.keyboard.press("Enter");
  await visitor.hears("Yes, this is Nora.");
  await bots.getByRole("button", { name: "Hand back to Welcome, at ‘Wait for the number’" }).click();
  await bots.getByRole("button", { name: "Take over" }).waitFor();
  await bots.getByText("waiting", { exact: true }).waitFor();
  await visitor.write("+1 415 555 2671");
  await visitor.hears("Thank you! We will call +14155552671 soon.");
  assert.deepEqual((await visitor.texts()).slice(-5, -1), [
    "What is your phone number? For example +1 415 555 2671.",
    "Is anybody there?",
    "Yes, this is Nora.",
    "+1 415 555 2671",
  ]);
});

test("where no bot runs any more, handing back offers to launch one, which talks then", async (t) => {
  const { visitor, page } = await asked(t);
  const bots = page.getByRole("region", { name: "Bots" });
  await bots.getByRole("button", { name: "Take over" }).click();
  await bots.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await bots.getByText("stopped").waitFor();
  await visitor.write("Is anybody there?");
  await bots.getByRole("button", { name: "No bot is running here: launch one?" }).click();
  await page.getByRole("menuitem", { name: "Welcome" }).click();
  await until("the bot greets", async () => (await visitor.texts()).at(-1)?.startsWith("Hello there!"));
  await visitor.press("Talk to a person");
  await visitor.hears("What is your phone number?");
  await bots.getByRole("button", { name: "Take over" }).waitFor();
});

test("tasks, notes, and a bot that is launched, looked at and stopped", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.press("Prices");
  await visitor.hears("What is your phone number?");
  const lead = await world.newestLead();
  const page = await world.person(t, `/leads/${lead.id}`);

  const tasks = page.getByRole("region", { name: "Tasks" });
  await tasks.getByRole("button", { name: "Add a task" }).click();
  await tasks.getByLabel("What to do").fill("Send the invoice");
  await tasks.getByRole("button", { name: "Add", exact: true }).click();
  await tasks.getByLabel("Send the invoice").click();
  await tasks.getByLabel("Result").fill("Sent by post");
  await tasks.getByRole("button", { name: "Complete" }).click();
  await tasks.getByText("Sent by post").waitFor();
  await page.getByLabel("New note").fill("Prefers e-mail");
  await page.getByRole("button", { name: "Add note" }).click();
  await page.getByText("Prefers e-mail").first().waitFor();

  const bots = page.getByRole("region", { name: "Bots" });
  await bots
    .getByText("Ask for the phone number")
    .or(bots.getByText("Wait for the number"))
    .first()
    .waitFor();
  await bots.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await bots.getByText("stopped").waitFor();
  await visitor.write("Hello?");
  await page.getByRole("log", { name: "Messages" }).getByText("Hello?").waitFor();
  await bots.getByRole("button", { name: "Launch" }).click();
  await page.getByRole("menuitem", { name: "Welcome" }).click();
  await until("the bot greets again", async () => (await visitor.texts()).at(-1)?.startsWith("Hello there!"));

  await bots.getByText("Greeting").waitFor();
  await bots.getByRole("link", { name: "Welcome" }).last().click();
  await page.waitForURL(/\/runs\/\d+$/);
  const trace = page.getByTitle("Show on the canvas");
  await trace.filter({ hasText: "Ask for the phone number" }).waitFor();
  await page.getByText("left by").first().waitFor();
  await trace.filter({ hasText: "Send the prices" }).click();
  await page.getByTestId("rf__wrapper").locator("[data-selected]").getByText("Send the prices").waitFor();
});

/** A client whom the bot has asked for the phone number, and a salesperson who looks on. */
async function asked(t) {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.press("Talk to a person");
  await visitor.hears("What is your phone number?");
  const lead = await world.newestLead();
  const page = await world.person(t, `/leads/${lead.id}`);
  const log = page.getByRole("log", { name: "Messages" });
  await log.getByText("What is your phone number?").waitFor();
  return { visitor, page, log };
}

const stage = (page, name) => page.getByRole("region", { name: `Stage ${name}` });

const live = (page) => page.getByRole("img", { name: "Live: changes appear by themselves" }).waitFor();

async function stageOf(id) {
  const lead = await world.api.get(`/api/v4/leads/${id}`);
  const path = `/api/v4/leads/pipelines/${lead.pipeline_id}/statuses/${lead.status_id}`;
  return (await world.api.get(path)).name;
}

async function freshLink(next) {
  const link = new URL(await world.server.command("login"));
  link.searchParams.set("next", next);
  return world.server.url + link.pathname + link.search;
}

/** Drags a card by its foot into the middle of a stage, as a hand does: down, a little, over, up. */
async function drag(page, card, to) {
  await card.waitFor();
  const from = await card.boundingBox();
  const into = await to.boundingBox();
  await page.mouse.move(from.x + 30, from.y + from.height - 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 45, from.y + from.height - 8, { steps: 3 });
  await page.mouse.move(into.x + into.width / 2, into.y + 200, { steps: 8 });
  await page.mouse.up();
}
