// A power cut in the middle of a dialogue.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/server.mjs";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

test("killed in the middle of a wait and started again, the dialogue goes on where it was, and nothing is said twice", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.press("Talk to a person");
  await visitor.hears("What is your phone number?");
  const lead = await world.newestLead();
  const before = await visitor.texts();

  await world.server.kill();
  await visitor.panel.getByText("No connection.").waitFor();
  await visitor.write("+1 415 555 2671"); // while nobody is there: the page keeps it
  await world.server.start();

  await visitor.hears("Thank you! We will call +14155552671 soon.");
  const after = await visitor.texts();
  assert.deepEqual(after.slice(0, before.length), before);
  assert.equal(after.length, before.length + 2, after.join("\n"));

  const tasks = await world.api.list("tasks", `?filter[entity_type]=leads&filter[entity_id]=${lead.id}`);
  assert.equal(tasks.length, 1);
  const runs = await world.api.list("runs", `?filter[lead_id]=${lead.id}`);
  assert.equal(runs.length, 1);
  const run = await until("the run waits again", async () => {
    const now = await world.api.get(`/api/v4/runs/${runs[0].id}`);
    return now.step === "wait_more" && now;
  });
  const visits = run._embedded.visits.map((visit) => visit.step);
  assert.equal(visits.filter((step) => step === "wait_phone").length, 1, visits.join(" "));

  await visitor.page.reload(); // the chat stays open
  await visitor.sees(after);
});

test("killed while it says something, it says it once", async (t) => {
  const visitor = await world.visitor(t);
  for (const words of ["Hi", "nonsense", "more nonsense", "still nonsense"]) {
    await visitor.write(words);
    await visitor.bubble(words).locator(".status.sent, .status.read").last().waitFor();
    await world.server.kill();
    await world.server.start();
  }
  const confused =
    "I am only a bot and did not get that. Please choose one of the buttons, or type its number.";
  const greeting = "Hello there! 👋 What can we do for you?";
  const said = async (text) => (await visitor.texts()).filter((one) => one === text).length;
  await until("every message is answered", async () => (await said(greeting)) === 4);
  const lead = await world.newestLead();
  const [run] = await world.api.list("runs", `?filter[lead_id]=${lead.id}`);
  const trace = await world.api.get(`/api/v4/runs/${run.id}`);
  const heard = trace._embedded.visits.flatMap((visit) => visit.got?.map((one) => one.text) ?? []);
  assert.deepEqual(heard, ["nonsense", "more nonsense", "still nonsense"]);
  assert.equal(await said(confused), 3);
  assert.equal(await said(greeting), 4);
});
