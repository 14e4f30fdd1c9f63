// The sample bot from the first message to the follow-up, on the page that a new user opens first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/server.mjs";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

const hello = "Hello! Write to us, we are here.";
const greeting = "Hello there! 👋 What can we do for you?";
const askPhone = "What is your phone number? For example +1 415 555 2671.";
const wrongPhone =
  "That does not look like a phone number. Please send it with the country code, for example +1 415 555 2671.";
const confused =
  "I am only a bot and did not get that. Please choose one of the buttons, or type its number.";
const thanks = (phone) => `Thank you! We will call ${phone} soon. Anything else? Just write it here.`;

test("by buttons: the lead moves, the phone is kept, a task is made, the trace tells it all", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.hears(greeting);
  await visitor.press("Prices");
  await visitor.hears(askPhone);
  await visitor.write("call me maybe");
  await visitor.hears(wrongPhone);
  await visitor.write("it is +1 415 555 2671, thanks");
  const dialogue = [
    "Hi",
    greeting,
    "Prices",
    "Prices start at $49. We gladly make you an offer of your own.",
    askPhone,
    "call me maybe",
    wrongPhone,
    "it is +1 415 555 2671, thanks",
    thanks("+14155552671"),
  ];
  await visitor.sees([hello, ...dialogue]);

  const lead = await world.newestLead();
  await standsAt(lead.id, "Offer made");
  assert.deepEqual(
    lead._embedded.tags.map((tag) => tag.name),
    ["welcome bot"],
  );
  await hasPhone(lead, "+14155552671");
  const [task, ...more] = await world.api.list(
    "tasks",
    `?filter[entity_type]=leads&filter[entity_id]=${lead.id}`,
  );
  assert.match(task.text, /^Call .*: \+14155552671$/);
  assert.deepEqual(more, []);
  assert.deepEqual(await messagesOf(lead.id), dialogue);
  const run = await waitingAt(lead.id, "wait_more");
  assert.deepEqual(steps(run), [
    "greet by button:price",
    "prices by next",
    "tag by next",
    "ask_phone by next",
    "wait_phone by wait:reply",
    "check_phone by else",
    "wrong_phone by next",
    "wait_phone by wait:reply",
    "check_phone by rule:phone",
    "save_phone by next",
    "move by next",
    "task by next",
    "thanks by next",
    "wait_more by ",
  ]);
});

test("by typed words: a synonym and a number do what the buttons do, anything else is asked again", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Good morning");
  await visitor.hears(greeting);
  await visitor.write("the weather is nice");
  await visitor.sees([hello, "Good morning", greeting, "the weather is nice", confused, greeting]);
  await visitor.write("  BROCHURE ");
  await visitor.panel.getByRole("link", { name: "Open the catalogue" }).waitFor();
  await visitor.hears(askPhone);
  await visitor.write("+49 30 901820");
  await visitor.hears(thanks("+4930901820"));
  await visitor.write("Do you ship to Graz?");
  await visitor.hears("I have passed that on. Talk to you soon!");
  const lead = await world.newestLead();
  await hasPhone(lead, "+4930901820");
  const notes = await world.api.list(`leads/${lead.id}/notes`);
  assert.equal(notes[0].params.text, "The client adds: Do you ship to Graz?");
});

test("the number of a button is the button, and who skips a wait of three days gets the follow-up at once", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hello");
  await visitor.hears(greeting);
  await visitor.write("3");
  await visitor.hears("Gladly! A colleague of mine will call you.");
  await visitor.hears(askPhone);
  await visitor.write("+44 20 7946 0958");
  await visitor.hears(thanks("+442079460958"));
  const lead = await world.newestLead();
  const run = await waitingAt(lead.id, "wait_more");
  const days = (run.waiting_until - run.updated_at) / 86400;
  assert.ok(days > 2.99 && days < 3.01, `it waits ${days} days`);

  await world.api.post(`/api/v4/runs/${run.id}/skip`);
  await visitor.hears("It is me again. Did we reach you by phone?");
  await visitor.press("No");
  await visitor.hears("I am sorry! I have reminded my colleagues.");
  const ended = await until("the run has ended", async () => {
    const now = await world.api.get(`/api/v4/runs/${run.id}`);
    return now.status === "finished" && now;
  });
  assert.deepEqual(steps(ended).slice(-5), [
    "wait_more by wait:later",
    "follow_up by button:no",
    "call_again by next",
    "sorry by next",
    "end by ",
  ]);
  const tasks = await world.api.list("tasks", `?filter[entity_type]=leads&filter[entity_id]=${lead.id}`);
  assert.equal(tasks.length, 2);
});

test("a client who writes after the dialogue has ended is answered again", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.hears(greeting);
  await visitor.press("Prices");
  await visitor.hears(askPhone);
  await visitor.write("+1 415 555 2671");
  await visitor.hears(thanks("+14155552671"));
  await visitor.write("Do you ship to Graz?");
  await visitor.hears("I have passed that on. Talk to you soon!");
  const lead = await world.newestLead();
  await until("the run has ended", async () => {
    const [run] = await world.api.list("runs", `?filter[lead_id]=${lead.id}`);
    return run.status === "finished";
  });
  await visitor.write("One more thing");
  await until("the client is greeted again", async () => {
    const texts = await messagesOf(lead.id);
    return texts.filter((text) => text.startsWith("Hello")).length === 2;
  });
  const runs = await world.api.list("runs", `?filter[lead_id]=${lead.id}`);
  assert.equal(runs.length, 2);
});

/** "step by exit" of each visit, in order. */
const steps = (run) => run._embedded.visits.map((visit) => `${visit.step} by ${visit.exit}`);

async function standsAt(id, stage) {
  const lead = await world.api.get(`/api/v4/leads/${id}`);
  const { name } = await world.api.get(
    `/api/v4/leads/pipelines/${lead.pipeline_id}/statuses/${lead.status_id}`,
  );
  assert.equal(name, stage);
}

async function hasPhone(lead, number) {
  const contact = await world.api.get(`/api/v4/contacts/${lead._embedded.contacts[0].id}`);
  const phone = contact.custom_fields_values.find((field) => field.field_code === "PHONE");
  assert.deepEqual(
    phone.values.map(({ value }) => value),
    [number],
  );
}

async function messagesOf(lead) {
  const [chat] = await world.api.list("chats", `?filter[lead_id]=${lead}`);
  const messages = await world.api.list(`chats/${chat.id}/messages`);
  return messages.sort((a, b) => a.seq - b.seq).map((message) => message.text);
}

async function waitingAt(lead, step) {
  return until(`the run waits at ${step}`, async () => {
    const [{ id }] = await world.api.list("runs", `?filter[lead_id]=${lead}`);
    const run = await world.api.get(`/api/v4/runs/${id}`);
    return run.status === "waiting" && run.step === step && run;
  });
}
