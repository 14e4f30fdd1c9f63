import { render } from "preact";
import type { ToPanel } from "../shared/bridge";
import type { Settings } from "../shared/protocol";
import type { ParentPage } from "./bridge";
import type { Chat } from "./core/chat";
import { applyLook, type Look } from "./look";
import { App } from "./ui/App";

/** Joins the chat, what is drawn of it, and the page around it. */
export class PanelWindow {
  private look: Look;
  private shown = false;
  private focus = 0;
  private toldUnread = -1;

  constructor(
    private readonly chat: Chat,
    private readonly parent: ParentPage,
    settings: Settings,
  ) {
    chat.store.set({ settings });
    this.look = applyLook(settings);
    // Opened as a page of its own there is nobody to open it.
    if (!parent.exists) this.standAlone();
    this.refresh();
    chat.store.subscribe(() => this.tellUnread());
    addEventListener("keydown", (event) => {
      // A dialog in front has its own Escape.
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) parent.send({ type: "close" });
    });
  }

  /** Fresh settings from the server; the launcher may have started without them. */
  use(settings: Settings): void {
    this.chat.store.set({ settings });
    this.look = applyLook(settings);
    this.refresh();
    this.parent.announce({ type: "settings", settings });
  }

  hear(message: ToPanel): void {
    if (message.type === "hello") {
      this.toldUnread = -1;
      if (this.chat.visitor.known) this.parent.send({ type: "known" });
      this.chat.identify(message.profile, message.page);
    }
    if (message.type === "identify") this.chat.identify(message.profile);
    if (message.type === "opened") {
      this.shown = true;
      if (message.focus) this.focus += 1;
    }
    if (message.type === "closed") this.shown = false;
    this.refresh();
    this.tellUnread();
  }

  /** Draws again and works out whether somebody is looking. */
  refresh(): void {
    this.chat.setSeen(this.shown && document.visibilityState === "visible");
    const root = document.getElementById("chat");
    const onClose = this.parent.exists ? () => this.parent.send({ type: "close" }) : null;
    if (!root) return;
    render(
      <App chat={this.chat} look={this.look} shown={this.shown} focus={this.focus} onClose={onClose} />,
      root,
    );
  }

  private standAlone(): void {
    this.shown = true;
    this.chat.identify({}, { url: location.href, title: document.title, referrer: document.referrer });
  }

  private tellUnread(): void {
    const { unread } = this.chat.store.state;
    if (unread !== this.toldUnread) this.parent.send({ type: "unread", count: unread });
    this.toldUnread = unread;
  }
}
