import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

const posts = (server, pattern) =>
  server.calls.filter((call) => pattern.test(call.name)).map((call) => call.body);

test("fields are saved when they are left, and a refusal stands at its field", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Two years for Maria");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Two years for Maria" }).waitFor();
  await page.getByLabel("Seats").fill("30");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName !== "INPUT");
  server.fail(/PATCH .*\/leads\/1/, 400, {
    "validation-errors": [{ request_id: "0", errors: [{ code: "x", path: "price", detail: "is too high" }] }],
  });
  await page.getByLabel("Price").fill("99999999");
  await page.keyboard.press("Enter");
  await page.getByText("is too high").waitFor();
  // What was refused stays as it was typed, and Escape gives the saved value back.
  const price = page.getByLabel("Price");
  assert.equal((await price.inputValue()).replaceAll(" ", ""), "99999999");
  await price.focus();
  await page.keyboard.press("Escape");
  assert.equal(await price.inputValue(), String(server.data.leads[0].price));
  assert.deepEqual(posts(server, /PATCH .*\/leads\/1$/).slice(0, 2), [
    { name: "Two years for Maria" },
    { custom_fields_values: [{ field_id: 22, values: [{ value: "30" }] }] },
  ]);
});

test("tags replace the set", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  await page.getByLabel("Tags").first().fill("vip");
  await page.keyboard.press("Enter");
  await page
    .getByRole("button", { name: "vip" })
    .or(page.getByText("vip", { exact: true }))
    .first()
    .waitFor();
  const [{ _embedded }] = posts(server, /PATCH .*\/leads\/1$/);
  assert.deepEqual(_embedded.tags, [{ name: "hot" }, { name: "website" }, { name: "vip" }]);
});

test("Enter sends a reply, Shift+Enter does not, and a reply that failed is sent again as the same message", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  server.fail(/POST .*\/messages$/, 409, { title: "Conflict", detail: "The channel is away." });
  const box = page.getByRole("textbox", { name: "Reply" });
  await box.fill("First line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second line");
  await page.keyboard.press("Enter");
  await page.getByText("Not sent: The channel is away.").waitFor();
  assert.equal(await box.inputValue(), "");
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("Not sent").waitFor({ state: "detached" });
  const sent = posts(server, /POST .*\/messages$/);
  assert.equal(sent.length, 2);
  assert.equal(sent[0].client_id, sent[1].client_id);
  assert.equal(sent[1].text, "First line\nsecond line");
  assert.equal(await page.getByText("second line").count(), 1);
});

test("the dialogue shows buttons, files, delivery, and earlier messages on demand", async (t) => {
  const { page } = await openApp(t, holder, "/leads/1");
  await page.getByText("Book a demo").waitFor();
  assert.equal(
    await page.getByRole("link", { name: /See all plans/ }).getAttribute("href"),
    "https://example.com/plans",
  );
  await page.getByRole("link", { name: /current-setup\.pdf/ }).waitFor();
  await page.getByText("Not delivered: the visitor's address is gone").waitFor();
  assert.equal(await page.getByText("Older message 1", { exact: true }).count(), 0);
  await page.getByRole("button", { name: "Load earlier messages" }).click();
  await page.getByText("Older message 1", { exact: true }).waitFor({ state: "attached" });
});

test("buttons show whether the client may still choose, and which was chosen, also when that changes", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  await page.getByRole("img", { name: "Live: changes appear by themselves" }).waitFor();
  await page.getByText("Book a demo").waitFor();
  await page.getByTitle("Chosen by the client").getByText("Prices (Chosen by the client)").waitFor();
  await page.getByTitle("The client can no longer choose this").getByText("Book a demo").waitFor();

  const question = server.data.messages.at(-1);
  const buttons = [
    { id: "yes", text: "Sounds good" },
    { id: "no", text: "Rather not" },
  ];
  server.data.messages.push({ ...question, id: "m-ask", seq: 900, text: "Shall we?", buttons });
  server.announce({ type: "outgoing_chat_message", entity_type: "messages", lead_id: 1, chat_id: "c-1" });
  await page.getByTitle("A button that the client sees").getByText("Sounds good").waitFor();
  Object.assign(server.data.messages.at(-1), { spent_at: 1, chosen: "no" });
  server.announce({ type: "chat_message_spent", entity_type: "messages", lead_id: 1, chat_id: "c-1" });
  await page.getByTitle("Chosen by the client").getByText("Rather not").waitFor();
  await page.getByTitle("The client can no longer choose this").getByText("Sounds good").waitFor();
});

test("a message that comes in appears by itself", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  await page.getByRole("img", { name: "Live: changes appear by themselves" }).waitFor();
  await page.getByText("Book a demo").waitFor();
  const last = server.data.messages.at(-1);
  server.data.messages.push({
    ...last,
    id: "m-new",
    seq: 900,
    direction: "in",
    status: "received",
    text: "Are you there?",
  });
  server.announce({ type: "incoming_chat_message", entity_type: "messages", lead_id: 1, chat_id: "c-1" });
  await page.getByText("Are you there?").waitFor();
});

test("the bots' state can be read and steered", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  const bots = page.getByRole("region", { name: "Bots" });
  await bots.getByText("Waits for message or timer (timer: in").waitFor();
  await bots.getByText(/overdue since 2 h ago/).waitFor();
  await bots.getByRole("button", { name: "Skip the wait" }).first().click();
  await bots.getByText("Which discount may the bot offer?", { exact: true }).waitFor();
  await bots.getByLabel("Answer to the bot").fill("10 %");
  await bots.getByRole("button", { name: "Answer" }).click();
  await bots.getByLabel("Answer to the bot").waitFor({ state: "detached" });
  await bots.getByRole("button", { name: "Stop" }).first().click();
  await page.getByRole("button", { name: "Stop the run" }).click();
  await bots.getByText("stopped").waitFor();
  const commands = server.calls.filter(
    (call) => call.name.includes("/runs/") && call.name.startsWith("POST"),
  );
  assert.deepEqual(
    commands.map((call) => [call.name, call.body]),
    [
      ["POST /api/v4/runs/78/skip", {}],
      ["POST /api/v4/runs/78/answer", { value: "10 %" }],
      ["POST /api/v4/runs/78/stop", {}],
    ],
  );
});

test("only published bots can be launched", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  await page.getByRole("button", { name: "Launch" }).click();
  await page.getByRole("menuitem", { name: "Welcome and qualify" }).waitFor();
  assert.equal(await page.getByRole("menuitem").count(), 1);
  await page.getByRole("menuitem", { name: "Welcome and qualify" }).click();
  await page.getByText("The bot was launched").waitFor();
  assert.deepEqual(posts(server, /POST .*\/bots\/5\/run$/), [{ entity_id: 1, entity_type: "leads" }]);
});

test("who has taken over reads who goes on, and where, before handing back", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  const bots = page.getByRole("region", { name: "Bots" });
  await bots.getByRole("button", { name: "Take over" }).click();
  await page.getByText("Nora Lindqvist talks, bots are silent").waitFor();
  await bots.getByRole("button", { name: "Hand back to Win back, at ‘remind’, and 1 more" }).waitFor();
  // Wherever a run ends, the button follows; a run from before many that have ended counts too.
  const [welcome, late, done] = server.data.runs;
  Object.assign(late, { status: "finished", ended_at: server.data.now });
  for (let id = 100; id < 160; id++) server.data.runs.push({ ...done, id });
  server.announce({ type: "run_changed", entity_type: "runs", lead_id: 1, entity_id: late.id });
  const back = bots.getByRole("button", { name: "Hand back to Welcome and qualify, at ‘Wait a day’" });
  await back.waitFor();
  welcome.hold = "stop";
  server.announce({ type: "run_changed", entity_type: "runs", lead_id: 1, entity_id: welcome.id });
  await bots.getByRole("button", { name: "No bot is running here: launch one?" }).waitFor();
  welcome.hold = "take_over";
  server.announce({ type: "run_changed", entity_type: "runs", lead_id: 1, entity_id: welcome.id });
  await back.click();
  await bots.getByRole("button", { name: "Take over" }).waitFor();
});

test("without a run, handing back offers to launch a bot, and works without one", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots");
  for (const run of server.data.runs) Object.assign(run, { status: "stopped", ended_at: server.data.now });
  for (const chat of server.data.chats) chat.taken_over_by = 7;
  await page.goto(`${server.url}/leads/1`);
  const bots = page.getByRole("region", { name: "Bots" });
  const launch = bots.getByRole("button", { name: "No bot is running here: launch one?" });
  await launch.click();
  server.fail(/POST .*\/bots\/5\/run$/, 409, { title: "Conflict", detail: "The bot is switched off." });
  await page.getByRole("menuitem", { name: "Welcome and qualify" }).click();
  await page.getByText("The bot is switched off.").waitFor();
  assert.deepEqual(posts(server, /hand_back$/), [], "what can't be launched leaves the lead with the person");
  await launch.click();
  await page.getByRole("menuitem", { name: "Welcome and qualify" }).click();
  await page.getByText("The bot was launched, and talks now").waitFor();
  await bots.getByRole("button", { name: "Take over" }).click();
  await page.getByText("You talk now; the bots are silent").waitFor();
  await bots.getByRole("button", { name: /^Hand back to / }).waitFor(); // before the run ends
  for (const run of server.data.runs) Object.assign(run, { status: "stopped", ended_at: server.data.now });
  server.announce({ type: "run_changed", entity_type: "runs", lead_id: 1, entity_id: 90 });
  await bots.getByRole("button", { name: "Hand back without a bot" }).click();
  await page.getByText("The bots may talk again").waitFor();
  await bots.getByRole("button", { name: "Take over" }).waitFor();
});

test("tasks are added and completed with a result; notes are added", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1", { height: 1400 });
  const tasks = page.getByRole("region", { name: "Tasks" });
  await tasks.getByLabel("Call Maria back about the annual plan").click();
  await tasks.getByLabel("Result").fill("She signs on Monday");
  await tasks.getByRole("button", { name: "Complete" }).click();
  await tasks.getByText("She signs on Monday").waitFor();
  await tasks.getByRole("button", { name: "Add a task" }).click();
  await tasks.getByLabel("What to do").fill("Send the invoice");
  await tasks.getByRole("button", { name: "Add", exact: true }).click();
  await tasks.getByLabel("Send the invoice").waitFor();
  await page.getByLabel("New note").fill("Prefers e-mail");
  await page.getByRole("button", { name: "Add note" }).click();
  await page.getByText("Prefers e-mail").waitFor();
  assert.equal(server.data.tasks.find((task) => task.id === 1).is_completed, true);
});

test("the feed tells what happened, in words", async (t) => {
  const { page } = await openApp(t, holder, "/leads/1");
  await page.getByRole("tab", { name: "Feed" }).click();
  await page.getByText("moved the lead from Incoming leads to First contact").waitFor();
  await page.getByText("made Nora Lindqvist responsible").waitFor();
});

test("on a phone the parts are tabs", async (t) => {
  const { page } = await openApp(t, holder, "/leads/1", { width: 390 });
  await page.getByRole("tab", { name: "Bot" }).click();
  await page.getByRole("button", { name: "Take over" }).waitFor();
  await page.getByRole("tab", { name: "Lead" }).click();
  await page.getByLabel("Company size").first().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(wide, false);
});

test("a lead that does not exist is said to be so", async (t) => {
  const { page } = await openApp(t, holder, "/leads/99999");
  await page.getByText("There is no such lead").waitFor();
});

test("a chat with a picture that comes late opens at its end", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots");
  const last = server.data.messages.filter((message) => message.chat_id === "c-1").at(-1);
  last.attachments = [{ id: "p-1", type: "picture", name: "photo" }];
  let show;
  const asked = new Promise((resolve) => {
    show = resolve;
  });
  await page.route("**/api/v4/files/p-1", async (route) => show(route));
  await page.goto(`${server.url}/leads/1`);
  const log = page.getByRole("log", { name: "Messages" });
  await log.locator("img").last().scrollIntoViewIfNeeded();
  const route = await asked;
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="250"><rect width="300" height="250"/></svg>';
  await route.fulfill({ contentType: "image/svg+xml", body: svg });
  await page.waitForFunction(() => {
    const box = document.querySelector("[role=log]");
    const loaded = [...box.querySelectorAll("img")].some((image) => image.naturalHeight === 250);
    return loaded && box.scrollHeight - box.scrollTop - box.clientHeight < 2;
  });
});

test("Ctrl-K opens the palette from within a text field, and a slash is written there", async (t) => {
  const { page } = await openApp(t, holder, "/leads/1");
  const box = page.getByRole("textbox", { name: "Reply" });
  await box.fill("a");
  await page.keyboard.press("/");
  assert.equal(await box.inputValue(), "a/");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Lead, contact, bot or page").waitFor();
});

for (const width of [1440, 390])
  test(`a notice lies over neither the reply nor Send, ${width} wide`, async (t) => {
    const { page } = await openApp(t, holder, "/leads/1", { width });
    if (width === 390) await page.getByRole("tab", { name: "Bot" }).click();
    await page.getByRole("button", { name: "Take over" }).click();
    if (width === 390) await page.getByRole("tab", { name: "Chat" }).click();
    const notice = await page.getByRole("alert").filter({ hasText: "You talk now" }).boundingBox();
    const reply = await page.getByRole("textbox", { name: "Reply" }).boundingBox();
    assert.ok(notice.y + notice.height < reply.y);
  });

test("a refused stage stays chosen beside the refusal", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  server.fail(/PATCH .*\/leads\/1/, 403, { title: "Forbidden", detail: "You may not move this lead." });
  const stage = page.getByLabel("Stage", { exact: true }).first();
  await stage.click();
  await page.getByRole("option", { name: "Qualified" }).click();
  await page.getByText("You may not move this lead.").waitFor();
  assert.equal(await stage.inputValue(), "Qualified");
});

test("Escape gives the saved value back in a field of several lines too", async (t) => {
  const { page, server } = await openApp(t, holder, "/leads/1");
  const wishes = page.getByRole("textbox", { name: "Wishes" });
  await wishes.fill("One\nTwo");
  await page.keyboard.press("Escape");
  assert.equal(await wishes.inputValue(), "");
  await wishes.blur();
  assert.deepEqual(posts(server, /PATCH .*\/leads\/1$/), []);
});
