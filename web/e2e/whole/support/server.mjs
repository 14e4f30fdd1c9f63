// The real binary on a data folder of its own.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const bin = resolve(process.env.SALESBOT_BIN ?? "../bin/salesbot");
const run = promisify(execFile);

/** How long the binary may take to come up on a busy machine. */
const START_MS = 90_000;

export class Server {
  #process;
  #env;
  /** What the binary has written, for the report of a test that fails. */
  output = "";

  /** A fresh folder and a free port, which stay the same when the server is started again. */
  static async fresh() {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), "salesbot-e2e-"));
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    server.#env = {
      ...process.env,
      SALESBOT_DATA: join(server.folder, "data"),
      SALESBOT_LISTEN: `127.0.0.1:${server.port}`,
    };
    for (const name of ["DATABASE_URL", "TEMPORAL_ADDRESS", "SALESBOT_PUBLIC_URL"]) delete server.#env[name];
    await server.start();
    return server;
  }

  /** Resolves when the server says that it is ready. */
  async start() {
    const process = spawn(bin, ["run"], { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = process;
    process.stdout.on("data", (data) => {
      this.output += data;
    });
    process.stderr.on("data", (data) => {
      this.output += data;
    });
    await this.#ready(process);
  }

  async #ready(process) {
    const greeting = new Promise((resolve, reject) => {
      process.stdout.on("data", () => this.output.includes("Salesbot is at") && resolve());
      process.once("error", reject);
      process.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${this.output}`)));
      AbortSignal.timeout(START_MS).onabort = () => reject(new Error(`no server:\n${this.output}`));
    });
    await greeting;
    await until("the server is ready", async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  /** The link that the first start has printed, at this server's address. */
  get loginLink() {
    const token = /login\?token=(\S+)/.exec(this.output)?.[1];
    return `${this.url}/login?token=${token}`;
  }

  /** Ends the process as a power cut does. */
  async kill(signal = "SIGKILL") {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
  }

  async remove() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs another command of the binary beside the server; answers what it prints. */
  async command(...args) {
    const { stdout } = await run(bin, args, { env: this.#env });
    return stdout.trim();
  }

  /** The API as an integration sees it. */
  async api() {
    return new Api(this.url, await this.command("token", "create", "--name", "e2e"));
  }
}

class Api {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  async call(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  get(path) {
    return this.call("GET", path);
  }

  /** One of Kommo's collections: what is embedded in the answer. An empty one has no answer. */
  async list(name, query = "") {
    const answer = await this.get(`/api/v4/${name}${query}`);
    return answer ? Object.values(answer._embedded)[0] : [];
  }

  post(path, body = {}) {
    return this.call("POST", path, body);
  }

  patch(path, body) {
    return this.call("PATCH", path, body);
  }
}

/** Asks again until the check answers something true, and answers that. Refused connections count as "not yet". */
export async function until(what, check, ms = 30_000) {
  const end = Date.now() + ms;
  let last;
  while (Date.now() < end) {
    try {
      const found = await check();
      if (found) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${ms} ms until ${what}`, { cause: last });
}

async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
