import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

test("a secret is written once, is named for bots, and one that a bot uses can't be deleted", async (t) => {
  const { page, server } = await openApp(t, holder, "/secrets");
  await page.getByText("{{secret.shop_key}}").waitFor();
  assert.equal(await page.getByRole("button", { name: "Delete shop_key" }).isDisabled(), true);
  await page.getByRole("button", { name: "Add a secret" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("crm_key");
  await form.getByRole("textbox", { name: "Value" }).fill("correct horse");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("{{secret.crm_key}}").waitFor();
  const put = server.calls.find((call) => call.name === "PUT /api/v4/secrets/crm_key");
  assert.deepEqual(put.body, { value: "correct horse" });
  assert.equal(await page.getByText("correct horse").count(), 0);
  await page.getByRole("button", { name: "Delete old_key" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("{{secret.old_key}}").waitFor({ state: "detached" });
});
