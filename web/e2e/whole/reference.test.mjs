// The pages for developers.
import { test } from "node:test";
import { wholeWorld } from "./support/world.mjs";

const world = wholeWorld();

test("the API's reference shows every resource", async (t) => {
  const page = await world.person(t, "/api/docs/");
  await page.getByRole("link", { name: "Leads", exact: true }).waitFor();
  await page.getByText("/api/v4/leads/pipelines", { exact: true }).first().waitFor();
});
