import type {
  Attachment,
  Message,
  MessagePage,
  NewMessage,
  Page,
  Profile,
  Settings,
} from "../../shared/protocol";

/** A longer wait that the server asks for is told to the visitor, who may prefer to write something else. */
const LONGEST_WAIT_MS = 5 * 60_000;

/** A call that did not succeed. Status 0: the server was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly code = "",
    /** Milliseconds that the server asked us to wait, or null. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(detail);
  }

  /** The same call may succeed soon, unchanged. */
  get isTemporary(): boolean {
    if (this.status === 429) return (this.retryAfterMs ?? 0) <= LONGEST_WAIT_MS;
    return this.status === 0 || this.status === 408 || this.status >= 500;
  }
}

/** A dead network swallows requests without a word. Without a limit one of them would hold up the whole queue. */
const ANSWER_MS = 20_000;
/** An upload may take long, but not without moving. */
const STALL_MS = 30_000;

export interface Visitor {
  visitor_id: string;
  token: string;
}

/** The HTTP calls of one channel. Every method throws ApiError and nothing else. */
export class Api {
  token: string | null = null;

  constructor(readonly base: string) {}

  settings(): Promise<Settings> {
    return this.json("GET", "settings");
  }

  visitor(token: string | null, profile: Profile, page: Page): Promise<Visitor> {
    return this.json("POST", "visitors", { ...(token ? { token } : {}), ...profile, page });
  }

  messages(query: { after?: number; before?: number; limit?: number }): Promise<MessagePage> {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return this.json("GET", `messages?${search}`);
  }

  send(message: NewMessage): Promise<Message> {
    return this.json("POST", "messages", message);
  }

  async typing(): Promise<void> {
    await this.call("POST", "typing");
  }

  async read(seq: number): Promise<void> {
    await this.call("POST", "read", { seq });
  }

  /** keepalive: closing the tab must not swallow the news that the video was closed. */
  async video(messageId: string, event: "opened" | "closed"): Promise<void> {
    await this.call("POST", "video", { message_id: messageId, event }, { keepalive: true });
  }

  /** The event stream's body; it also serves to learn, unlike EventSource, why a stream was refused. */
  async stream(after: number, signal: AbortSignal): Promise<Response> {
    const abort = new AbortController();
    signal.addEventListener("abort", () => abort.abort());
    const timer = setTimeout(() => abort.abort(), ANSWER_MS);
    try {
      const headers = { Accept: "text/event-stream" };
      return await this.call("GET", `stream?after=${after}`, undefined, { signal: abort.signal, headers });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Progress goes from 0 to 1. XMLHttpRequest, because fetch tells nothing about an upload's progress. */
  upload(file: Blob, name: string, onProgress: (part: number) => void): Promise<Attachment> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}/files`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.responseType = "json";
      let stall = setTimeout(() => request.abort(), STALL_MS);
      request.upload.onprogress = (event) => {
        clearTimeout(stall);
        stall = setTimeout(() => request.abort(), STALL_MS);
        onProgress(event.total ? event.loaded / event.total : 0);
      };
      request.onloadend = () => clearTimeout(stall);
      request.onerror = () => reject(notReached());
      request.onabort = () => reject(notReached());
      request.onload = () => {
        if (request.status === 201) resolve(request.response as Attachment);
        else reject(problem(request.status, request.response, request.getResponseHeader("Retry-After")));
      };
      const form = new FormData();
      form.append("file", file, name);
      request.send(form);
    });
  }

  private async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.call(method, path, body);
    try {
      return (await response.json()) as T;
    } catch {
      // A captive portal answers 200 with its own page: to us that is no answer.
      throw new ApiError(0, "the answer was not JSON");
    }
  }

  private async call(
    method: string,
    path: string,
    body?: unknown,
    more: RequestInit = {},
  ): Promise<Response> {
    const headers = new Headers(more.headers);
    if (this.token) headers.set("Authorization", `Bearer ${this.token}`);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const signal = more.signal ?? AbortSignal.timeout(ANSWER_MS);
    const init: RequestInit = { ...more, signal, method, headers, cache: "no-store", credentials: "omit" };
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    try {
      response = await fetch(`${this.base}/${path}`, init);
    } catch {
      throw notReached();
    }
    if (response.ok) return response;
    throw problem(
      response.status,
      await response.json().catch(() => null),
      response.headers.get("Retry-After"),
    );
  }
}

function notReached(): ApiError {
  return new ApiError(0, "the server was not reached");
}

function problem(
  status: number,
  body: { detail?: string; code?: string } | null,
  retryAfter: string | null,
): ApiError {
  const seconds = Number(retryAfter);
  const wait = retryAfter !== null && Number.isFinite(seconds) ? seconds * 1000 : null;
  return new ApiError(status, body?.detail ?? `status ${status}`, body?.code ?? "", wait);
}
