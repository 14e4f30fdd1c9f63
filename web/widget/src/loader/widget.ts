import type { Hello, ToLoader } from "../shared/bridge";
import { pickLanguage } from "../shared/i18n";
import { newId } from "../shared/ids";
import { type Memory, memory } from "../shared/memory";
import { DEFAULT_SETTINGS, type Page, type Profile, type Settings } from "../shared/protocol";
import { type ChatEvent, type Listener, Listeners } from "./events";
import { Frame } from "./frame";
import { Launcher } from "./launcher";
import { Lender } from "./lender";
import type { Source } from "./source";
import { addStyles } from "./styles";
import { TEXTS } from "./texts";

/** The launcher, the panel's frame and window.SalesbotChat, tied together. */
export class Widget {
  private readonly host = document.createElement("salesbot-chat");
  private readonly listeners = new Listeners();
  private readonly launcher: Launcher;
  private readonly frame: Frame;
  private readonly lender: Lender;
  private readonly kept: Memory;
  private readonly thisTab: Memory;
  private profile: Profile = {};
  private isOpen = false;

  constructor(source: Source, settings: Partial<Settings> | null) {
    const known = { ...DEFAULT_SETTINGS, ...settings };
    const texts = textsOf(known);
    const prefix = `salesbot-chat:${source.channel}:`;
    this.kept = memory(() => localStorage, prefix);
    this.thisTab = memory(() => sessionStorage, prefix);
    this.lender = new Lender(prefix, (message) => this.frame.send(message));
    this.launcher = new Launcher(texts, () => this.toggle());
    this.frame = new Frame(source.origin, source.channel, known.title || texts.panel, (m) => this.receive(m));
    this.build(known);
  }

  open(): void {
    this.show(true);
  }

  close(): void {
    if (!this.isOpen) return;
    this.setOpen(false);
    this.frame.hide();
    this.launcher.button.focus();
    this.listeners.emit("close", undefined);
  }

  toggle(): void {
    if (this.isOpen) this.close();
    else this.open();
  }

  /** Takes name, email and phone; anything else, and anything that is not text, is left out. */
  identify(profile: Profile): void {
    const fields = (["name", "email", "phone"] as const).filter(
      (field) => typeof profile[field] === "string",
    );
    const clean: Profile = Object.fromEntries(fields.map((field) => [field, profile[field]]));
    this.profile = { ...this.profile, ...clean };
    this.frame.send({ type: "identify", profile: clean });
  }

  on<E extends ChatEvent>(event: E, listener: Listener<E>): () => void {
    return this.listeners.on(event, listener);
  }

  private build(settings: Settings): void {
    const root = this.host.attachShadow({ mode: "open" });
    addStyles(root);
    this.dress(settings);
    // Inside the box the panel is the next stop after the launcher, so Tab goes from one to the other.
    root.append(this.launcher.button, this.frame.box);
    document.body.append(this.host);
    addEventListener("keydown", (event) => {
      // What the page has used for itself, a dialog of its own for instance, is not for us.
      if (event.key === "Escape" && !event.defaultPrevented && this.isOpen) this.close();
    });
    if (this.thisTab.get("open") === "1" && !this.frame.isPhone) this.show(false);
    else if (this.kept.get("known") === "1") whenIdle(() => this.frame.load());
  }

  private dress(settings: Settings): void {
    this.launcher.dress(this.host, settings, textsOf(settings));
    this.frame.box.className = `panel ${settings.position === "left" ? "left" : "right"}`;
    const dark = settings.theme === "dark" || (settings.theme === "auto" && prefersDark());
    this.host.style.setProperty("--paper", dark ? "#14171f" : "#ffffff");
  }

  private show(focus: boolean): void {
    if (this.isOpen) return;
    this.setOpen(true);
    this.frame.show(focus);
    this.listeners.emit("open", undefined);
  }

  private setOpen(open: boolean): void {
    this.isOpen = open;
    this.launcher.setOpen(open);
    this.thisTab.set("open", open ? "1" : "0");
  }

  private receive(message: ToLoader): void {
    if (message.type === "ready") {
      this.frame.send(this.hello());
      this.listeners.emit("ready", undefined);
    }
    if (message.type === "settings") this.dress(message.settings);
    if (message.type === "known") this.kept.set("known", "1");
    if (message.type === "close") this.close();
    void this.lender.serve(message);
    if (message.type === "unread") {
      this.launcher.setUnread(message.count);
      this.listeners.emit("unread", { count: message.count });
    }
    if (message.type === "message")
      this.listeners.emit("message", { from: message.from, text: message.text });
  }

  private hello(): Hello {
    const tab = this.thisTab.get("tab") ?? newId();
    this.thisTab.set("tab", tab);
    return { type: "hello", page: thisPage(), profile: this.profile, tab, notes: this.lender.notes() };
  }
}

function textsOf(settings: Settings) {
  return TEXTS[pickLanguage(settings.language, navigator.languages)];
}

function prefersDark(): boolean {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function thisPage(): Page {
  return { url: location.href, title: document.title, referrer: document.referrer };
}

function whenIdle(run: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: 3000 });
  else setTimeout(run, 1000);
}
