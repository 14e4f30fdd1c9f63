// Fails if the built app has outgrown its budgets. Sizes are gzip, in KB of 1000 bytes. (The browser tests have a budget
// for all that the first page loads.)
import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const html = await readFile(new URL("index.html", dist), "utf8");
const assets = await readdir(new URL("assets/", dist));

const size = async (path) => gzipSync(await readFile(new URL(path, dist)), { level: 9 }).length / 1000;
const total = async (paths) => (await Promise.all(paths.map(size))).reduce((sum, one) => sum + one, 0);
const named = (pattern) => assets.filter((name) => pattern.test(name)).map((name) => `assets/${name}`);

// What a browser loads before anything else: the app with its first page, the board.
const initial = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);

const budgets = [
  ["app and board, JavaScript", initial, 240],
  ["app and board, CSS", named(/^index-.*\.css$/), 45],
  ["what later pages share", named(/^later-.*\.js$/), 45],
  ["canvas", named(/^Canvas-.*\.js$/), 90],
  ["JSON editor", named(/^JsonEditor-.*\.js$/), 170],
];

let over = false;
for (const [name, files, budget] of budgets) {
  const kilobytes = await total(files);
  const fits = files.length > 0 && kilobytes <= budget;
  over ||= !fits;
  console.log(`${fits ? "ok  " : "OVER"} ${name}: ${kilobytes.toFixed(1)} of ${budget} KB`);
}
process.exitCode = over ? 1 : 0;
