// Fills a fresh server with a believable week and takes the pictures of the README (docs/images), or with a folder as
// argument one of every page in both widths and colours: node e2e/whole/pictures.mjs [folder]
import { mkdir } from "node:fs/promises";
import { leads, week } from "./support/week.mjs";
import { World } from "./support/world.mjs";

const folder = process.argv[2];
const docs = new URL("../../../docs/images/", import.meta.url).pathname;
const world = new World();
await world.open();
try {
  const visitor = await week(world);
  if (folder) await everyPage(folder);
  else await readme(visitor);
} finally {
  await world.close();
}

async function readme(visitor) {
  await mkdir(docs, { recursive: true });
  const page = await world.person();
  await page.getByText(leads[0].name).first().waitFor();
  await settled(page);
  await page.screenshot({ path: `${docs}board.png` });
  await visitor.page.setViewportSize({ width: 1200, height: 800 });
  await settled(visitor.page);
  await visitor.page.screenshot({ path: `${docs}widget.png` });
}

async function everyPage(to) {
  await mkdir(to, { recursive: true });
  const { id } = await world.newestLead();
  const [run] = await world.api.list("runs", `?filter[lead_id]=${id}`);
  const paths = {
    board: "/",
    lead: `/leads/${id}`,
    run: `/runs/${run.id}`,
    bots: "/bots",
    bot: "/bots/1",
    channels: "/channels",
    nothing: "/leads/999",
    temporal: "/temporal/",
    demo: "/demo",
    reference: "/api/docs/",
  };
  for (const width of [1440, 390])
    for (const colorScheme of ["light", "dark"]) {
      const viewport = { width, height: width === 390 ? 844 : 900 };
      const page = await world.person(undefined, "/", { viewport, colorScheme, hasTouch: width === 390 });
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(world.server.url + path);
        await settled(page);
        await page.screenshot({ path: `${to}/${name}-${width}-${colorScheme}.png` });
      }
      await page.context().close();
    }
}

/** A page has fetched what it shows; its live stream stays open, so the network is never idle. */
async function settled(page) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(1200);
}
