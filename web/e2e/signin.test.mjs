import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFor, openApp } from "./support.mjs";

const holder = browserFor();

test("a wrong password is said at the field; the right one leads where the person wanted to go", async (t) => {
  const { page } = await openApp(t, holder, "/bots", { signedIn: false });
  await page.waitForURL(/\/login\?next=%2Fbots$/);
  await page.getByLabel("E-mail").fill("nora@example.com");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The e-mail or the password is wrong.").waitFor();
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Bots" }).waitFor();
});

test("a login link signs in at once and is spent once", async (t) => {
  const { page, server } = await openApp(t, holder, "/login?token=fresh", { signedIn: false });
  await page.getByRole("heading", { name: "Incoming leads" }).waitFor();
  assert.equal(server.calls.filter((call) => call.name === "POST /api/session").length, 1);
});

test("a spent login link says so and offers the password", async (t) => {
  const { page } = await openApp(t, holder, "/login?token=spent", { signedIn: false });
  await page.getByText("This login link was used already.").waitFor();
  await page.getByLabel("E-mail").waitFor();
});

test("signing out leads to the sign-in page", async (t) => {
  const { page, server } = await openApp(t, holder, "/bots");
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Salesbot" }).waitFor();
  assert.equal(server.data.signedIn, false);
});
