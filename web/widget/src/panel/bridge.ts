import { BRIDGE, type Envelope, isEnvelope, type ToLoader, type ToPanel } from "../shared/bridge";

/**
 * The panel's end of the line to the page. Only the parent window is listened to, and its origin is pinned by its first
 * words; who may be the parent at all is the server's decision (frame-ancestors). A panel opened by itself has no parent.
 */
export class ParentPage {
  private origin: string | null = null;
  private readonly parent = window.parent === window ? null : window.parent;

  constructor(private readonly onMessage: (message: ToPanel) => void) {
    addEventListener("message", (event) => this.receive(event));
  }

  get exists(): boolean {
    return this.parent !== null;
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
    if (event.origin === this.origin) this.onMessage(event.data);
  }
}
