import { test } from "vitest";
import { useWorld } from "./support/setup";
const world = useWorld();
test("dbg", async () => {
  world.context.on("console", (m) => console.log("CONSOLE", m.type(), m.text()));
  world.context.on("requestfailed", (r) => console.log("FAILED", r.url(), r.failure()?.errorText));
  world.context.on("response", (r) => console.log("RESP", r.status(), r.request().method(), r.url()));
  const chat = await world.visit();
  chat.page.on("pageerror", (e) => console.log("PE", e));
  await chat.open();
  await chat.write("Hi");
  await new Promise((r) => setTimeout(r, 3000));
  console.log(await chat.log.innerText(), chat.errors, JSON.stringify(world.server.calls));
  await chat.page.screenshot({ path: "/tmp/dbg/a.png" });
});
