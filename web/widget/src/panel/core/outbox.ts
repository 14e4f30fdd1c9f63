import { type Draft, newPending, type Pending } from "../../shared/pending";
import type { PendingStore } from "../../shared/pendingStore";
import type { Message } from "../../shared/protocol";
import { ApiError } from "./api";
import { Backoff } from "./backoff";

/** After this time another tab sends a message whose own tab seems to be gone. */
const ADOPT_MS = 20_000;

export interface OutboxHandlers {
  /** Delivers one message; `save` keeps the ids of files that are up already. Throws ApiError. */
  deliver(entry: Pending, save: () => Promise<void>): Promise<Message>;
  changed(): void;
  sent(message: Message, entry: Pending): void;
}

/**
 * The visitor's unsent messages: kept over reloads and sent one by one, in order. A message leaves the queue when the
 * server has confirmed it; what the server refuses for good is marked and lets the next one through; any other
 * failure is tried again. Two tabs may send the same one: its client id makes it one message.
 */
export class Outbox {
  entries: readonly Pending[] = [];
  private sending = false;
  /** Not in the store (yet, or because it is full): reading the store must not lose them. */
  private readonly unsaved = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The server asked for silence until then; neither a new message nor a new connection breaks it. */
  private notBefore = 0;
  private readonly backoff: Backoff;

  constructor(
    private readonly store: PendingStore,
    private readonly tab: string,
    private readonly handlers: OutboxHandlers,
    private readonly now: () => number = Date.now,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(1000, 30_000, random);
  }

  /** Reads what is stored: at start, and when another tab has changed it. */
  async load(): Promise<void> {
    const stored = await this.store.all();
    const known = new Set(stored.map((entry) => entry.client_id));
    const ours = this.entries.filter(
      (entry) => this.unsaved.has(entry.client_id) && !known.has(entry.client_id),
    );
    this.entries = [...stored, ...ours].sort((a, b) => a.order - b.order);
    this.handlers.changed();
  }

  async add(draft: Draft): Promise<void> {
    const last = this.entries.at(-1)?.order ?? 0;
    // Larger than what is queued, and than what other tabs may have queued meanwhile.
    const entry = newPending(draft, this.tab, Math.max(last + 1, this.now()), this.now());
    this.unsaved.add(entry.client_id);
    this.entries = [...this.entries, entry];
    this.handlers.changed();
    await this.keep(entry);
    await this.flush();
  }

  /** Sends now: the network or the stream is back. */
  async wake(): Promise<void> {
    this.backoff.reset();
    await this.flush();
  }

  async retry(clientId: string): Promise<void> {
    const entry = this.find(clientId);
    if (!entry) return;
    const { error: _, ...rest } = entry;
    await this.replace({ ...rest, tab: this.tab, state: "waiting" });
    await this.wake();
  }

  async remove(clientId: string): Promise<void> {
    this.entries = this.entries.filter((entry) => entry.client_id !== clientId);
    this.unsaved.delete(clientId);
    this.handlers.changed();
    await this.store.delete(clientId).catch(() => undefined);
  }

  /** A new visitor cannot use the files that the old one uploaded. */
  async forgetUploads(): Promise<void> {
    for (const entry of this.entries) {
      await this.replace({ ...entry, files: entry.files.map(({ id: _, ...file }) => file) });
    }
  }

  async flush(): Promise<void> {
    if (this.sending || this.now() < this.notBefore) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      for (let entry = this.nextMine(); entry; entry = this.nextMine()) {
        if (!(await this.deliver(entry))) return;
      }
      this.watchOthers();
    } finally {
      this.sending = false;
    }
  }

  /** False: stop for now. */
  private async deliver(entry: Pending): Promise<boolean> {
    try {
      const message = await this.handlers.deliver(entry, () => this.keep(entry));
      this.backoff.reset();
      this.handlers.sent(message, entry);
      await this.remove(entry.client_id);
      return true;
    } catch (error) {
      if (error instanceof ApiError && !error.isTemporary && error.status !== 401) {
        await this.replace({ ...entry, state: "failed", error: error.message });
        return true;
      }
      if (!(error instanceof ApiError)) reportError(error);
      const asked = error instanceof ApiError ? error.retryAfterMs : null;
      this.notBefore = this.now() + (asked ?? 0);
      this.timer = setTimeout(() => void this.flush(), asked ?? this.backoff.next());
      return false;
    }
  }

  private nextMine(): Pending | undefined {
    const oldest = this.now() - ADOPT_MS;
    return this.entries.find(
      (entry) => entry.state === "waiting" && (entry.tab === this.tab || entry.created_at_ms < oldest),
    );
  }

  /** Another tab's message is still there: look again when it may be adopted. */
  private watchOthers(): void {
    if (!this.entries.some((entry) => entry.state === "waiting")) return;
    this.timer = setTimeout(() => void this.load().then(() => this.flush()), ADOPT_MS);
  }

  private find(clientId: string): Pending | undefined {
    return this.entries.find((entry) => entry.client_id === clientId);
  }

  private async replace(entry: Pending): Promise<void> {
    this.entries = this.entries.map((other) => (other.client_id === entry.client_id ? entry : other));
    this.handlers.changed();
    await this.keep(entry);
  }

  /** A full or forbidden storage costs the safety net, not the message. */
  private async keep(entry: Pending): Promise<void> {
    this.unsaved.add(entry.client_id);
    try {
      await this.store.put(entry);
      this.unsaved.delete(entry.client_id);
    } catch {
      // It stays in `unsaved` and so in the queue.
    }
  }
}
