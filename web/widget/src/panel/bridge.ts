import { BRIDGE, type Envelope, type Hello, isEnvelope, type ToLoader, type ToPanel } from "../shared/bridge";
import type { Pending } from "../shared/pending";

type Listener = (message: ToPanel) => void;

/**
 * The panel's end of the line to the page. Only the parent window is listened to, and its origin is pinned by its first
 * words; who may be the parent at all is the server's decision (frame-ancestors). A panel opened by itself has no parent.
 */
export class ParentPage {
  /** The parent's first words. */
  readonly hello: Promise<Hello>;
  private readonly parent = window.parent === window ? null : window.parent;
  private listener: Listener | null = null;
  private readonly lists: ((entries: Pending[]) => void)[] = [];
  private origin: string | null = null;
  private early: ToPanel[] = [];
  private greeted: (hello: Hello) => void = () => undefined;

  constructor() {
    this.hello = new Promise((resolve) => {
      this.greeted = resolve;
    });
    addEventListener("message", (event) => this.receive(event));
  }

  get exists(): boolean {
    return this.parent !== null;
  }

  /** What came before is given to it at once. */
  listen(listener: Listener): void {
    this.listener = listener;
    for (const message of this.early.splice(0)) listener(message);
  }

  /** The unsent messages that the page keeps for us. */
  listPending(): Promise<Pending[]> {
    return new Promise((resolve) => {
      this.lists.push(resolve);
      this.send({ type: "list" });
    });
  }

  /** For what may go out before the parent's origin is known: it holds nothing that is not public. */
  announce(message: ToLoader & { type: "ready" | "settings" }): void {
    this.post(message, "*");
  }

  send(message: ToLoader): void {
    if (this.origin) this.post(message, this.origin);
  }

  private post(message: ToLoader, target: string): void {
    const envelope: Envelope<ToLoader> = { ...message, bridge: BRIDGE };
    this.parent?.postMessage(envelope, target);
  }

  private receive(event: MessageEvent): void {
    if (!this.parent || event.source !== this.parent || !isEnvelope<ToPanel>(event.data)) return;
    this.origin ??= event.origin;
    if (event.origin !== this.origin) return;
    this.take(event.data);
  }

  private take(message: ToPanel): void {
    if (message.type === "hello") this.greeted(message);
    if (message.type === "pending") this.lists.shift()?.(message.entries);
    else if (this.listener) this.listener(message);
    else this.early.push(message);
  }
}
