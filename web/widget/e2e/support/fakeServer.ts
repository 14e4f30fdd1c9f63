import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Attachment, Message, Settings } from "../../src/shared/protocol";
import { checkFields, filePart, Refusal, readBody } from "./strict";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const TYPES: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html" };

export const SETTINGS: Settings = {
  title: "Harbour & Pine",
  subtitle: "We usually answer within minutes",
  greeting: "Hello! Ask us anything about coffee.",
  colour: "#1d5c4b",
  position: "right",
  theme: "auto",
  launcher_text: "",
  max_file_bytes: 1024 * 1024,
  language: "auto",
};

interface VisitorRecord {
  id: string;
  token: string;
  profile: Record<string, unknown>;
  messages: Message[];
  byClientId: Map<string, Message>;
  readSeq: number;
  streams: Set<ServerResponse>;
}

/** What the visitor's side asked for, in order, to be checked by tests. */
export interface Call {
  method: string;
  path: string;
  body: unknown;
}

type Handler = (message: Message, server: FakeServer, visitor: VisitorRecord) => void;

/** The live chat's server side, in memory, which refuses whatever docs/live-chat.md does not allow. */
export class FakeServer {
  readonly visitors: VisitorRecord[] = [];
  readonly calls: Call[] = [];
  settings: Settings = { ...SETTINGS };
  /** The bot: called after each new message of the visitor. */
  onMessage: Handler = () => undefined;
  /** Sends nothing back for the next n posted messages, although it has taken them. */
  loseAnswers = 0;
  private down = false;
  private seq = 0;
  private readonly files = new Map<string, { attachment: Attachment; bytes: Buffer }>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((request, response) => void this.handle(request, response));

  async start(): Promise<void> {
    this.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      if (this.down) socket.destroy();
    });
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  /** localhost, so that it is another site than the 127.0.0.1 of the shop. */
  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts every connection and takes no new one, as a dead network does. */
  goDown(): void {
    this.down = true;
    for (const socket of this.sockets) socket.destroy();
  }

  goUp(): void {
    this.down = false;
  }

  async stop(): Promise<void> {
    this.goDown();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get visitor(): VisitorRecord {
    const visitor = this.visitors[0];
    if (!visitor) throw new Error("no visitor has come yet");
    return visitor;
  }

  say(message: Partial<Message>, visitor = this.visitor): Message {
    return this.add(visitor, { from: "bot", author: { name: "Pip" }, ...message });
  }

  /** The bot goes on: the question's quick replies are spent, by one of them or otherwise. */
  spend(question: Message, chosen = "", visitor = this.visitor): void {
    Object.assign(question, { spent: true, chosen });
    this.push(visitor, "message", question);
  }

  typing(name: string, visitor = this.visitor): void {
    this.push(visitor, "typing", { from: "bot", name, until_ms: Date.now() + 5000 });
  }

  /** The team has read everything. */
  readAll(visitor = this.visitor): void {
    visitor.readSeq = this.seq;
    this.push(visitor, "read", { seq: this.seq });
  }

  addFile(type: Attachment["type"], name: string, mime: string, bytes: Buffer): Attachment {
    const id = randomUUID();
    const url = `/live/shop/files/${id}?signature=${sign(id)}`;
    const attachment: Attachment = { id, type, name, mime, size: bytes.length, url };
    this.files.set(id, { attachment, bytes });
    return attachment;
  }

  private add(visitor: VisitorRecord, part: Partial<Message>): Message {
    this.seq += 1;
    const message: Message = {
      seq: this.seq,
      id: randomUUID(),
      client_id: null,
      from: "visitor",
      author: null,
      text: "",
      buttons: [],
      spent: false,
      chosen: "",
      attachments: [],
      created_at_ms: Date.now(),
      status: "sent",
      ...part,
    };
    visitor.messages.push(message);
    this.push(visitor, "message", message, message.seq);
    return message;
  }

  private push(visitor: VisitorRecord, event: string, data: unknown, id?: number): void {
    for (const stream of visitor.streams) {
      stream.write(
        `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
      );
    }
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.route(request, response);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, "internal", String(error));
      const body = {
        status: refusal.status,
        title: refusal.code,
        detail: refusal.message,
        code: refusal.code,
      };
      response
        .writeHead(refusal.status, { "Content-Type": "application/problem+json" })
        .end(JSON.stringify(body));
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    const path = url.pathname;
    if (path.startsWith("/live/assets/")) return this.sendDist(response, `assets/${path.slice(13)}`);
    if (path === "/live/shop/loader.js") return this.sendLoader(response);
    if (path === "/live/shop/panel") return this.sendPanel(response);
    if (path === "/live/shop/settings") return sendJson(response, 200, this.settings);
    if (path.startsWith("/live/shop/files/")) return this.sendFile(response, url);
    const body = await readBody(request);
    const name = `${request.method} ${path.replace("/live/shop/", "")}`;
    if (name === "POST visitors") return this.postVisitor(response, this.note(request, path, body));
    const visitor = this.authorized(request);
    switch (name) {
      case "GET messages":
        return this.getMessages(response, url, visitor);
      case "GET stream":
        return this.openStream(request, response, Number(url.searchParams.get("after")), visitor);
      case "POST messages":
        return this.postMessage(response, this.note(request, path, body), visitor);
      case "POST files":
        return this.postFile(response, request, body);
      case "POST typing":
        this.calls.push({ method: "POST", path, body: null });
        response.writeHead(204).end();
        return;
      case "POST read":
        checkFields(this.note(request, path, body), { seq: "number" });
        response.writeHead(204).end();
        return;
      case "POST video":
        checkFields(this.note(request, path, body), { message_id: "string", event: "string" });
        response.writeHead(204).end();
        return;
      default:
        throw new Refusal(404, "not_found", name);
    }
  }

  private note(request: IncomingMessage, path: string, raw: Buffer): Record<string, unknown> {
    if (request.headers["content-type"] !== "application/json")
      throw new Refusal(415, "content_type", "JSON only");
    const body = JSON.parse(raw.toString()) as Record<string, unknown>;
    this.calls.push({ method: request.method ?? "", path, body });
    return body;
  }

  private authorized(request: IncomingMessage): VisitorRecord {
    const token = request.headers.authorization?.replace(/^Bearer /, "");
    const visitor = this.visitors.find((other) => other.token === token);
    if (!visitor) throw new Refusal(401, "unauthorized", "the token is not valid");
    return visitor;
  }

  private postVisitor(response: ServerResponse, body: Record<string, unknown>): void {
    checkFields(
      body,
      { page: "object" },
      { token: "string", name: "string", email: "string", phone: "string" },
    );
    const { token, page: _, ...profile } = body;
    let visitor = this.visitors.find((other) => other.token === token);
    if (!visitor) {
      visitor = {
        id: randomUUID(),
        token: randomUUID(),
        profile,
        messages: [],
        byClientId: new Map(),
        readSeq: 0,
        streams: new Set(),
      };
      this.visitors.push(visitor);
    }
    Object.assign(visitor.profile, profile);
    sendJson(response, 200, { visitor_id: visitor.id, token: visitor.token });
  }

  private getMessages(response: ServerResponse, url: URL, visitor: VisitorRecord): void {
    const { after, before, limit = "100" } = Object.fromEntries(url.searchParams);
    const size = Number(limit);
    if (!(size >= 1 && size <= 100)) throw new Refusal(422, "limit", "limit is 1 to 100");
    const matching = visitor.messages.filter(
      (m) => m.seq > Number(after ?? 0) && m.seq < Number(before ?? Infinity),
    );
    const page = after === undefined ? matching.slice(-size) : matching.slice(0, size);
    sendJson(response, 200, {
      messages: page,
      has_more: matching.length > page.length,
      read_seq: visitor.readSeq,
    });
  }

  private openStream(
    request: IncomingMessage,
    response: ServerResponse,
    after: number,
    visitor: VisitorRecord,
  ): void {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(": hello\n\n");
    visitor.streams.add(response);
    request.on("close", () => visitor.streams.delete(response));
    for (const message of visitor.messages.filter((other) => other.seq > after)) {
      response.write(`id: ${message.seq}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`);
    }
  }

  private postMessage(response: ServerResponse, body: Record<string, unknown>, visitor: VisitorRecord): void {
    checkFields(body, { client_id: "string" }, { text: "string", button: "string", attachments: "object" });
    const {
      client_id,
      text = "",
      button,
      attachments = [],
    } = body as { client_id: string; text?: string; button?: string; attachments?: string[] };
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(client_id))
      throw new Refusal(422, "client_id", "no UUID");
    if ([...text].length > 4096) throw new Refusal(422, "text", "longer than 4096 characters");
    if (!text && !button && !attachments.length) throw new Refusal(422, "text", "an empty message");
    const known = visitor.byClientId.get(client_id);
    const offered = visitor.messages.flatMap((m) => m.buttons).some((b) => "id" in b && b.id === button);
    if (button && !offered) throw new Refusal(422, "button", "no such button");
    const files = attachments.map(
      (id) => this.files.get(id)?.attachment ?? fail("attachments", `no file ${id}`),
    );
    const message = known ?? this.add(visitor, { client_id, text, attachments: files });
    visitor.byClientId.set(client_id, message);
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      response.destroy();
    } else {
      sendJson(response, 200, message);
    }
    if (!known) this.onMessage(message, this, visitor);
  }

  private postFile(response: ServerResponse, request: IncomingMessage, body: Buffer): void {
    const part = filePart(request.headers["content-type"] ?? "", body);
    if (part.bytes.length > this.settings.max_file_bytes)
      throw new Refusal(413, "file_too_large", "too large");
    const kind = part.mime.split("/")[0] ?? "";
    const type = ({ image: "picture", video: "video", audio: "audio" } as const)[kind] ?? "file";
    sendJson(response, 201, this.addFile(type, part.name, part.mime, part.bytes));
  }

  private sendFile(response: ServerResponse, url: URL): void {
    const id = url.pathname.split("/").pop() ?? "";
    const file = this.files.get(id);
    if (!file || url.searchParams.get("signature") !== sign(id))
      throw new Refusal(403, "signature", "not signed");
    response.writeHead(200, { "Content-Type": file.attachment.mime }).end(file.bytes);
  }

  private sendLoader(response: ServerResponse): void {
    const code = readFileSync(`${DIST}loader.js`, "utf8");
    if (!code.includes('"__SALESBOT_SETTINGS__"')) throw new Error("loader.js has no place for the settings");
    const filled = code.replace('"__SALESBOT_SETTINGS__"', () => JSON.stringify(this.settings));
    response.writeHead(200, { "Content-Type": "text/javascript" }).end(filled);
  }

  private sendPanel(response: ServerResponse): void {
    response.setHeader(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob: https:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors http://127.0.0.1:* http://localhost:*",
    );
    this.sendDist(response, "panel.html");
  }

  private sendDist(response: ServerResponse, file: string): void {
    const type = TYPES[extname(file)];
    if (!type || file.includes("..")) throw new Refusal(404, "not_found", file);
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8` }).end(readFileSync(DIST + file));
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function sign(id: string): string {
  return createHash("sha256").update(`secret ${id}`).digest("hex").slice(0, 24);
}

function fail(field: string, detail: string): never {
  throw new Refusal(422, field, detail);
}
