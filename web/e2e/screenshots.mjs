// Takes a picture of every page in both colours and both widths: node e2e/screenshots.mjs [part of a name]
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { start } from "./mock/server.mjs";

const out = new URL("./out/", import.meta.url).pathname;
const pages = {
  signin: ["/login", false],
  board: ["/pipelines/1", true],
  lead: ["/leads/1", true],
  run: ["/runs/77", true],
  bots: ["/bots", true],
  bot: ["/bots/5", true],
  channels: ["/channels", true],
};

await mkdir(out, { recursive: true });
const server = await start();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
});
for (const [name, [path, signedIn]] of Object.entries(pages)) {
  if (!name.includes(process.argv[2] ?? "")) continue;
  server.data.signedIn = signedIn;
  for (const width of [1440, 390])
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({
        viewport: { width, height: width === 390 ? 844 : 900 },
        colorScheme,
      });
      await page.goto(server.url + path);
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${out}${name}-${width}-${colorScheme}.png` });
      await page.close();
    }
}
await browser.close();
await server.stop();
