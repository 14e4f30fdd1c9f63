// People who click twice, paste code and have very long names.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./support/server.mjs";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

const code = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>{{lead.name}}`;

test("code in names and messages is text, and no name breaks a page", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write(code);
  await visitor.hears("Hello there!");
  await visitor.write("مرحبا 👩‍👩‍👧‍👦");
  await visitor.hears("I am only a bot");
  const lead = await world.newestLead();
  await world.api.patch(`/api/v4/leads/${lead.id}`, { name: code });
  await world.api.patch(`/api/v4/contacts/${lead._embedded.contacts[0].id}`, { name: "W".repeat(250) });
  const page = await world.person(t);
  const column = page.getByRole("region", { name: "Stage Incoming leads" });
  await column.getByText(code).waitFor();
  assert.ok((await column.boundingBox()).width < 300);
  await page.goto(`${world.server.url}/leads/${lead.id}`);
  const log = page.getByRole("log", { name: "Messages" });
  await log.getByText("مرحبا").waitFor();
  await log.getByText("WWWW").first().waitFor();
  assert.equal(await log.evaluate((box) => box.scrollWidth <= box.clientWidth), true);
  for (const frame of [page, ...visitor.page.frames()])
    assert.equal(await frame.evaluate(() => window.hurt), undefined);
});

test("a double click is one click", async (t) => {
  const visitor = await world.visitor(t);
  await visitor.write("Hi");
  await visitor.hears("Hello there!");
  const lead = await world.newestLead();
  const page = await world.person(t, `/leads/${lead.id}`);
  await visitor.input.fill("Prices");
  await visitor.panel.getByRole("button", { name: "Send" }).dblclick();
  await visitor.hears("What is your phone number?");
  await page.getByRole("textbox", { name: "Reply" }).fill("It is me");
  await page.getByRole("button", { name: "Send", exact: true }).dblclick();
  await visitor.hears("It is me");
  await page.getByLabel("New note").fill("A note");
  await page.getByRole("button", { name: "Add note" }).dblclick();
  await page.getByText("A note", { exact: true }).first().waitFor();
  const tasks = page.getByRole("region", { name: "Tasks" });
  await tasks.getByRole("button", { name: "Add a task" }).click();
  await tasks.getByLabel("What to do").fill("A task");
  await tasks.getByRole("button", { name: "Add", exact: true }).dblclick();
  await tasks.getByRole("checkbox", { name: "A task" }).waitFor();
  await page.goto(world.server.url);
  await page.getByRole("button", { name: "New lead" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("A lead");
  await page.getByRole("button", { name: "Create lead" }).dblclick();
  await page.getByRole("dialog").waitFor({ state: "detached" });

  const texts = await until("the bot has had its turn", () => visitor.texts());
  const count = (list, text) => list.filter((one) => one === text).length;
  assert.deepEqual([count(texts, "Prices"), count(texts, "It is me")], [1, 1]);
  const notes = await world.api.list(`leads/${lead.id}/notes`);
  assert.equal(
    count(
      notes.map((note) => note.params.text),
      "A note",
    ),
    1,
  );
  const all = await world.api.list("tasks");
  assert.equal(
    count(
      all.map((task) => task.text),
      "A task",
    ),
    1,
  );
  const leads = await world.api.list("leads");
  assert.equal(
    count(
      leads.map((one) => one.name),
      "A lead",
    ),
    1,
  );
});
