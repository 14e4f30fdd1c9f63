import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

test("a run is a timeline and a path on its version's canvas", async (t) => {
  const { page } = await openApp(t, holder, "/runs/77");
  await page.getByText("“it is on my card” holds no phone number").waitFor();
  await page.getByText("+351 912 345 678").waitFor();
  await page.getByText(/here for 24 min/).waitFor();
  const canvas = page.getByTestId("rf__wrapper");
  await canvas.getByText("now", { exact: true }).waitFor();
  assert.equal(
    await canvas
      .locator("[data-current]")
      .innerText()
      .then((text) => text.includes("Wait a day")),
    true,
  );
  assert.equal(await canvas.locator("[data-visited]").count(), 9);
  assert.equal(await canvas.locator("[data-faded]").count(), 2);
  assert.equal(
    await page.getByRole("link", { name: "Temporal", exact: true }).getAttribute("href"),
    "/temporal/namespaces/default/workflows/conversation%2Flead-1",
  );
});

test("a step of the timeline is shown on the canvas", async (t) => {
  const { page } = await openApp(t, holder, "/runs/77");
  await page.getByRole("button", { name: /^Price list/ }).click();
  await page.getByTestId("rf__wrapper").locator("[data-selected]").getByText("Price list").waitFor();
});

test("why a run failed stands above everything", async (t) => {
  const { page } = await openApp(t, holder, "/runs/70", { width: 390 });
  await page.getByText("visited more than 200 steps without waiting").waitFor();
  assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);
  await page.getByRole("tab", { name: "Canvas" }).click();
  await page.getByTestId("rf__wrapper").waitFor();
});
