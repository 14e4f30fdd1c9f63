import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

test("a live chat's settings are changed and its snippet is there to copy", async (t) => {
  const { page, server } = await openApp(t, holder, "/channels");
  await page.getByText(`<script async src="${server.url}/live/1/loader.js"></script>`).waitFor();
  await page.getByRole("button", { name: "Settings" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Greeting").fill("Good evening!");
  await form.getByLabel("Allowed origins").fill("example.com\nhttps://*.example.org/");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("The channel was saved").waitFor();
  assert.equal(server.data.channels[0].settings.greeting, "Good evening!");
  assert.deepEqual(server.data.channels[0].settings.allowed_origins, [
    "https://example.com",
    "https://*.example.org",
  ]);
});

test("a refused setting is said at its field", async (t) => {
  const { page, server } = await openApp(t, holder, "/channels");
  server.fail(/PATCH/, 400, {
    "validation-errors": [
      {
        request_id: "0",
        errors: [{ code: "x", path: "settings.allowed_origins.0", detail: "is no origin" }],
      },
    ],
  });
  await page.getByRole("button", { name: "Settings" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").getByText("is no origin", { exact: true }).waitFor();
});

test("a Telegram token is sent once and an empty one keeps what is there", async (t) => {
  const { page, server } = await openApp(t, holder, "/channels");
  await page.getByRole("button", { name: "Settings" }).nth(1).click();
  assert.equal(await page.getByRole("textbox", { name: "Bot token" }).inputValue(), "");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Settings" }).nth(1).click();
  await page.getByRole("textbox", { name: "Bot token" }).fill("123:abc");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const [first, second] = server.calls.filter((call) => call.name === "PATCH /api/v4/channels/2");
  assert.equal("secrets" in first.body, false);
  assert.deepEqual(second.body.secrets, { token: "123:abc" });
});
