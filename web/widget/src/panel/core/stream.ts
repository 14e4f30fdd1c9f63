import type { Message, Typing } from "../../shared/protocol";
import { ApiError } from "./api";
import { Backoff } from "./backoff";
import { EventParser, type ServerEvent } from "./sse";

/** The server sends a comment every 15 s; two missing ones mean that the line is dead although nothing said so. */
const SILENCE_MS = 35_000;

export interface StreamHandlers {
  /** Fetches what was missed; runs before every connection. */
  catchUp(): Promise<void>;
  open(signal: AbortSignal): Promise<Response>;
  message(message: Message): void;
  typing(typing: Typing): void;
  read(seq: number): void;
  /** True when events flow, false when they stop. */
  connected(connected: boolean): void;
  /** The token is no longer valid. The stream has stopped. */
  unauthorized(): void;
}

/** Keeps one event stream alive: catch up, listen, and on any break wait a little and start over. */
export class Stream {
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff = new Backoff();

  constructor(private readonly handlers: StreamHandlers) {}

  start(): void {
    if (this.abort) return;
    clearTimeout(this.timer);
    this.abort = new AbortController();
    void this.run(this.abort);
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.abort?.abort();
    this.abort = null;
  }

  /** Now, without the rest of the wait: the browser says that the network is back. */
  restart(): void {
    this.stop();
    this.backoff.reset();
    this.start();
  }

  private async run(abort: AbortController): Promise<void> {
    let wait: number | null = null;
    try {
      await this.handlers.catchUp();
      const response = await this.handlers.open(abort.signal);
      if (abort.signal.aborted) return;
      this.handlers.connected(true);
      this.backoff.reset();
      await this.listen(response, abort);
    } catch (error) {
      if (abort !== this.abort) return;
      if (error instanceof ApiError && error.status === 401) {
        this.stop();
        this.handlers.unauthorized();
        return;
      }
      wait = error instanceof ApiError ? error.retryAfterMs : null;
    }
    // Another start() or stop() has taken over: this connection has no say any more.
    if (abort !== this.abort) return;
    this.stop();
    this.handlers.connected(false);
    this.timer = setTimeout(() => this.start(), wait ?? this.backoff.next());
  }

  private async listen(response: Response, abort: AbortController): Promise<void> {
    const reader = response.body?.getReader();
    if (!reader) return;
    const decoder = new TextDecoder();
    const parser = new EventParser();
    for (;;) {
      clearTimeout(this.silence);
      this.silence = setTimeout(() => reader.cancel().catch(() => undefined), SILENCE_MS);
      const { done, value } = await reader.read();
      if (done || abort.signal.aborted) return;
      for (const event of parser.push(decoder.decode(value, { stream: true }))) this.dispatch(event);
    }
  }

  private dispatch({ event, data }: ServerEvent): void {
    let body: unknown;
    try {
      body = JSON.parse(data);
    } catch {
      return;
    }
    if (event === "message") this.handlers.message(body as Message);
    if (event === "typing") this.handlers.typing(body as Typing);
    if (event === "read") this.handlers.read((body as { seq: number }).seq);
  }
}
