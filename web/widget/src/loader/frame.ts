import { BRIDGE, type Envelope, isEnvelope, type ToLoader, type ToPanel } from "../shared/bridge";
import { PHONE } from "./styles";

/**
 * The panel's iframe in its box. It is made on the first open (or early, for a visitor who has chatted before), so
 * that a page pays for the chat only when somebody uses it. Messages are taken from that window and our origin alone.
 */
export class Frame {
  readonly box = document.createElement("div");
  private iframe: HTMLIFrameElement | null = null;
  private ready = false;
  private waiting: ToPanel[] = [];
  private readonly phone = matchMedia(PHONE);
  private pageOverflow: string | null = null;

  constructor(
    private readonly origin: string,
    private readonly channel: string,
    title: string,
    private readonly onMessage: (message: ToLoader) => void,
  ) {
    this.box.hidden = true;
    this.box.setAttribute("role", "dialog");
    this.box.setAttribute("aria-label", title);
    addEventListener("message", (event) => this.receive(event));
    const refit = () => this.fit();
    this.phone.addEventListener("change", refit);
    // The on-screen keyboard shrinks only the visual viewport; a full-screen panel has to follow it.
    visualViewport?.addEventListener("resize", refit);
    visualViewport?.addEventListener("scroll", refit);
  }

  get isPhone(): boolean {
    return this.phone.matches;
  }

  load(): void {
    if (this.iframe) return;
    const iframe = document.createElement("iframe");
    iframe.title = this.box.getAttribute("aria-label") ?? "";
    iframe.allow = "autoplay; fullscreen";
    iframe.src = `${this.origin}/live/${encodeURIComponent(this.channel)}/panel`;
    this.box.append(iframe);
    this.iframe = iframe;
  }

  show(focus: boolean): void {
    this.load();
    this.box.hidden = false;
    this.fit();
    if (focus) this.iframe?.focus();
    this.send({ type: "opened", focus });
  }

  hide(): void {
    this.box.hidden = true;
    this.fit();
    this.send({ type: "closed" });
  }

  /** Kept until the panel has said that it listens. */
  send(message: ToPanel): void {
    if (!this.ready) {
      this.waiting.push(message);
      return;
    }
    const envelope: Envelope<ToPanel> = { ...message, bridge: BRIDGE };
    this.iframe?.contentWindow?.postMessage(envelope, this.origin);
  }

  private receive(event: MessageEvent): void {
    if (event.origin !== this.origin || !this.iframe || event.source !== this.iframe.contentWindow) return;
    if (!isEnvelope<ToLoader>(event.data)) return;
    if (event.data.type === "ready") {
      this.ready = true;
      this.onMessage(event.data);
      for (const message of this.waiting.splice(0)) this.send(message);
      return;
    }
    this.onMessage(event.data);
  }

  private fit(): void {
    const full = !this.box.hidden && this.phone.matches;
    const view = visualViewport;
    // Zooming in with two fingers makes the visual viewport small too, but that is no reason to shrink.
    const follow = full && view !== null && view.scale < 1.01;
    this.box.style.height = follow ? `${view.height}px` : "";
    this.box.style.top = follow ? `${view.offsetTop}px` : "";
    this.box.style.bottom = follow ? "auto" : "";
    this.box.setAttribute("aria-modal", String(full));
    this.lockPage(full);
  }

  /** A page that scrolls behind a full-screen chat loses the reader's place. */
  private lockPage(lock: boolean): void {
    const { style } = document.documentElement;
    if (lock && this.pageOverflow === null) {
      this.pageOverflow = style.overflow;
      style.overflow = "hidden";
    } else if (!lock && this.pageOverflow !== null) {
      style.overflow = this.pageOverflow;
      this.pageOverflow = null;
    }
  }
}
