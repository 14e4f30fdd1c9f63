import type { Memory } from "../../shared/memory";
import type { Draft, Pending } from "../../shared/pending";
import type { PendingStore } from "../../shared/pendingStore";
import type { Message, MessagePage, Page, Profile, Typing } from "../../shared/protocol";
import { type Api, ApiError } from "./api";
import { catchUpFrom, lastSeq, lastTeamSeq, merge, stillPending, unreadAfter } from "./messages";
import { Outbox } from "./outbox";
import { Store } from "./state";
import { Stream } from "./stream";
import { type TabNews, Tabs } from "./sync";
import { VisitorSession } from "./visitor";

const PAGE = 50;
const TYPING_EVERY_MS = 3000;
/** A stream that comes back within this time is not worth a warning. */
const OFFLINE_AFTER_MS = 2000;

export interface ChatParts {
  api: Api;
  memory: Memory;
  pending: PendingStore;
  /** Names the tabs' channel and lock. */
  name: string;
  tab: string;
  onMessage?: (message: Message) => void;
  onKnown?: () => void;
}

/** The chat without a face: joins the server's messages, the outbox, the stream and the other tabs. */
export class Chat {
  readonly store = new Store();
  readonly visitor: VisitorSession;
  private readonly outbox: Outbox;
  private readonly stream: Stream;
  private readonly tabs: Tabs;
  private seen = false;
  private lastTyping = 0;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private offlineTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: ChatParts) {
    this.tabs = new Tabs(parts.name, (news) => this.hear(news));
    this.visitor = new VisitorSession(parts.api, parts.memory, parts.name, (token) => this.gotToken(token));
    this.outbox = new Outbox(parts.pending, parts.tab, {
      deliver: (entry, save) => this.deliver(entry, save),
      changed: () => this.showPending(),
      sent: (message) => this.sent(message),
    });
    this.stream = new Stream({
      catchUp: () => this.catchUp(),
      open: (signal) => parts.api.stream(lastSeq(this.store.state.messages), signal),
      message: (message) => this.receive([message], true),
      typing: (typing) => this.showTyping(typing),
      read: (seq) => this.store.set({ readSeq: Math.max(seq, this.store.state.readSeq) }),
      connected: (connected) => this.connected(connected),
      unauthorized: () => void this.renew(this.parts.api.token),
    });
  }

  async start(): Promise<void> {
    await this.outbox.load();
    if (this.visitor.known) {
      this.store.set({ loading: true });
      this.stream.start();
    }
    await this.outbox.flush();
  }

  send(draft: Draft): Promise<void> {
    return this.outbox.add(draft);
  }

  retry(clientId: string): Promise<void> {
    return this.outbox.retry(clientId);
  }

  async discard(clientId: string): Promise<void> {
    await this.outbox.remove(clientId);
    this.tabs.tell({ type: "outbox" });
  }

  /** The next page of the past. */
  async loadOlder(): Promise<void> {
    const { messages, hasOlder, loadingOlder } = this.store.state;
    const first = messages[0];
    if (!hasOlder || loadingOlder || !first) return;
    this.store.set({ loadingOlder: true });
    try {
      const page = await this.parts.api.messages({ before: first.seq, limit: PAGE });
      this.receive(page.messages, false);
      this.store.set({ hasOlder: page.has_more });
    } catch {
      // Scrolling up again asks again.
    } finally {
      this.store.set({ loadingOlder: false });
    }
  }

  identify(profile: Profile, page?: Page): void {
    this.visitor.learn(profile, page);
    this.visitor.update().catch(() => undefined);
  }

  /** The panel is on the screen, or not any more. */
  setSeen(seen: boolean): void {
    this.seen = seen;
    this.markRead();
  }

  /** Network and visibility: `active` is false while nobody can see the page. */
  setActive(active: boolean): void {
    if (!active) {
      this.stream.stop();
      return;
    }
    void this.outbox.wake();
    if (this.visitor.known) this.stream.restart();
    else this.store.set({ offline: false });
  }

  networkLost(): void {
    this.store.set({ offline: true });
  }

  typed(): void {
    const now = Date.now();
    if (!this.visitor.known || this.store.state.offline || now - this.lastTyping < TYPING_EVERY_MS) return;
    this.lastTyping = now;
    this.parts.api.typing().catch(() => undefined);
  }

  /** Bots wait for these, so a short break must not swallow them; a lasting one may. */
  async video(messageId: string, event: "opened" | "closed", attempts = 5): Promise<void> {
    try {
      await this.parts.api.video(messageId, event);
    } catch (error) {
      if (attempts <= 1 || !(error instanceof ApiError) || !error.isTemporary) return;
      setTimeout(() => void this.video(messageId, event, attempts - 1), error.retryAfterMs ?? 2000);
    }
  }

  private async deliver(entry: Pending, save: () => Promise<void>): Promise<Message> {
    await this.visitor.ensure().catch((error) => this.notDelivered(error));
    const { token } = this.parts.api;
    try {
      const attachments = await this.uploadAll(entry, save);
      const message = await this.parts.api.send({
        client_id: entry.client_id,
        ...(entry.text ? { text: entry.text } : {}),
        ...(entry.button ? { button: entry.button } : {}),
        ...(attachments.length ? { attachments } : {}),
      });
      this.setOffline(false);
      return message;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) void this.renew(token);
      return this.notDelivered(error);
    }
  }

  private notDelivered(error: unknown): never {
    if (error instanceof ApiError && error.status === 0) this.setOffline(true);
    throw error;
  }

  private async uploadAll(entry: Pending, save: () => Promise<void>): Promise<string[]> {
    const { progress } = this.store.state;
    let done = 0;
    for (const file of entry.files) {
      if (!file.id) {
        const uploaded = await this.parts.api.upload(file.blob, file.name, (part) =>
          this.store.set({
            progress: { ...progress, [entry.client_id]: (done + part) / entry.files.length },
          }),
        );
        file.id = uploaded.id;
        await save();
      }
      done += 1;
    }
    return entry.files.flatMap((file) => file.id ?? []);
  }

  private sent(message: Message): void {
    this.receive([message], true);
    this.tabs.tell({ type: "outbox", message });
  }

  private receive(messages: Message[], announce: boolean): void {
    const known = new Set(this.store.state.messages.map((message) => message.id));
    const fresh = messages.filter((message) => !known.has(message.id));
    const typing = fresh.some((message) => message.from !== "visitor") ? null : this.store.state.typing;
    this.store.set({ messages: merge(this.store.state.messages, messages), typing });
    this.showPending();
    this.markRead();
    if (announce) for (const message of fresh) this.parts.onMessage?.(message);
  }

  private showPending(): void {
    this.store.set({ pending: stillPending(this.store.state.messages, this.outbox.entries) });
  }

  private async catchUp(): Promise<void> {
    const { messages } = this.store.state;
    const announce = messages.length > 0;
    let after = catchUpFrom(messages);
    for (;;) {
      const page: MessagePage = await this.parts.api.messages({
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      // Without `after` has_more speaks of the past, with it of what is still to come.
      if (after === undefined) this.store.set({ hasOlder: page.has_more });
      this.store.set({ loading: false, readSeq: Math.max(page.read_seq, this.store.state.readSeq) });
      this.receive(page.messages, announce);
      if (after === undefined || !page.has_more || !page.messages.length) return;
      after = lastSeq(page.messages);
    }
  }

  private connected(connected: boolean): void {
    this.setOffline(!connected);
    if (!connected) {
      // Whoever was writing: nobody will tell us when they stop.
      this.store.set({ typing: null });
      return;
    }
    this.visitor.update().catch(() => undefined);
    void this.outbox.wake();
  }

  private setOffline(offline: boolean): void {
    if (offline) {
      this.offlineTimer ??= setTimeout(() => this.store.set({ offline: true }), OFFLINE_AFTER_MS);
      return;
    }
    clearTimeout(this.offlineTimer);
    this.offlineTimer = undefined;
    this.store.set({ offline: false });
  }

  private showTyping(typing: Typing): void {
    // The two clocks may differ: whatever the server says, the sign stays between one and thirty seconds.
    const duration = Math.min(Math.max(typing.until_ms - Date.now(), 1000), 30_000);
    clearTimeout(this.typingTimer);
    this.store.set({ typing });
    this.typingTimer = setTimeout(() => this.store.set({ typing: null }), duration);
  }

  private markRead(): void {
    const { messages } = this.store.state;
    const last = lastTeamSeq(messages);
    const read = this.readUpTo();
    if (this.seen && last > read) {
      this.parts.memory.set("read", String(last));
      this.tabs.tell({ type: "read", seq: last });
      this.parts.api.read(last).catch(() => undefined);
    }
    this.store.set({ unread: unreadAfter(messages, this.readUpTo()) });
  }

  private readUpTo(): number {
    return Number(this.parts.memory.get("read") ?? 0);
  }

  /** A new token is a new visitor with an empty chat. */
  private gotToken(token: string): void {
    this.clear();
    this.tabs.tell({ type: "token", token });
    this.parts.onKnown?.();
    this.stream.restart();
  }

  /** The token has lost its meaning: start over as a new visitor, and take along what was not sent. */
  private async renew(token: string | null): Promise<void> {
    if (this.parts.api.token !== token) return;
    this.stream.stop();
    this.visitor.forget(token);
    this.clear();
    await this.outbox.forgetUploads();
    await this.outbox.wake();
  }

  private clear(): void {
    this.parts.memory.set("read", "0");
    this.store.set({ messages: [], readSeq: 0, unread: 0, hasOlder: false, loading: false, typing: null });
  }

  private hear(news: TabNews): void {
    if (news.type === "token" && news.token !== this.parts.api.token) this.visitor.adopt(news.token);
    if (news.type === "read") {
      this.parts.memory.set("read", String(news.seq));
      this.markRead();
    }
    if (news.type === "outbox") {
      if (news.message) this.receive([news.message], true);
      void this.outbox.load();
    }
  }
}
