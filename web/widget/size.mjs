// Fails when the built widget outgrows what a page's owner was promised. Sizes are gzip, level 9, in bytes.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("./dist/", import.meta.url));
const budgets = [
  { name: "loader", limit: 10 * 1024, files: ["loader.js"] },
  {
    name: "panel",
    limit: 60 * 1024,
    files: ["panel.html", ...readdirSync(`${dist}assets`).map((file) => `assets/${file}`)],
  },
];

let over = false;
for (const { name, limit, files } of budgets) {
  const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(dist + file), { level: 9 }).length, 0);
  console.log(`${name}: ${size} of ${limit} bytes gzip (${files.join(", ")})`);
  if (size > limit) {
    console.error(`${name} is ${size - limit} bytes over its budget: take something out or split it`);
    over = true;
  }
}
process.exitCode = over ? 1 : 0;
