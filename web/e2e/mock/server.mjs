// A stand-in for the server with the API's shapes, kept in memory: page tests and screenshots run against it.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { makeData } from "./data.mjs";
import { routes } from "./routes.mjs";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const types = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html" };

/** Starts a server on a free port; fail(pattern, answer) makes the next calls of "METHOD path" answer a problem. */
export async function start() {
  const state = { data: makeData(), streams: new Set(), calls: [], failures: [] };
  const server = createServer((request, response) => void handle(state, request, response));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    data: state.data,
    calls: state.calls,
    fail: (pattern, status, body) => state.failures.push({ pattern, status, body }),
    announce: (change) => announce(state, change),
    stop: () => {
      for (const stream of state.streams) stream.end();
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

function announce(state, change) {
  for (const stream of state.streams) stream.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
}

async function handle(state, request, response) {
  const url = new URL(request.url, "http://mock");
  if (!url.pathname.startsWith("/api/")) return sendFile(url.pathname, response);
  const body = await readBody(request);
  const name = `${request.method} ${url.pathname}`;
  state.calls.push({ name, query: url.searchParams, body });
  const failing = state.failures.findIndex(({ pattern }) => pattern.test(name));
  if (failing >= 0) {
    const [{ status, body }] = state.failures.splice(failing, 1);
    return problem(response, status, body);
  }
  if (!state.data.signedIn && !name.endsWith("/api/session"))
    return problem(response, 401, { title: "Unauthorized" });
  if (url.pathname === "/api/v4/stream") return openStream(state, response);
  const found = routes.find(([method, pattern]) => method === request.method && pattern.test(url.pathname));
  if (!found) return problem(response, 404, { title: "Not Found", detail: `Cannot ${name}` });
  const ids = found[1].exec(url.pathname).slice(1);
  const answer = found[2]({
    data: state.data,
    query: url.searchParams,
    body,
    ids,
    announce: (c) => announce(state, c),
  });
  if (answer?.problem) return problem(response, answer.problem.status, answer.problem);
  if (answer === undefined) return response.writeHead(204).end();
  const text = gzipSync(JSON.stringify(answer));
  response.writeHead(200, { "Content-Type": "application/hal+json", "Content-Encoding": "gzip" }).end(text);
}

function problem(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(JSON.stringify({ title: "Bad Request", status, ...body }));
}

function openStream(state, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  response.write(": hello\n\n");
  state.streams.add(response);
  response.on("close", () => state.streams.delete(response));
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString();
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return text;
  }
}

/** Sends what the server would: what the build has compressed so, the rest as it is. */
function sendFile(path, response) {
  const file = extname(path) && existsSync(join(dist, path)) ? path : "/index.html";
  const compressed = existsSync(join(dist, `${file}.br`));
  response.writeHead(200, {
    "Content-Type": types[extname(file)] ?? "application/octet-stream",
    ...(compressed && { "Content-Encoding": "br" }),
  });
  createReadStream(join(dist, compressed ? `${file}.br` : file)).pipe(response);
}
