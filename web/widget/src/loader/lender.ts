import type { ToLoader, ToPanel } from "../shared/bridge";
import { type Memory, memory } from "../shared/memory";
import { openStore, type PendingStore } from "../shared/pendingStore";

/** Keeps, in the page's own storage, what a panel without storage must not forget: who the visitor is, what is unsent. */
export class Lender {
  private readonly memory: Memory;
  private store: Promise<PendingStore> | null = null;

  constructor(
    private readonly prefix: string,
    private readonly answer: (message: ToPanel) => void,
  ) {
    this.memory = memory(() => localStorage, prefix);
  }

  notes(): Record<string, string> {
    try {
      return JSON.parse(this.memory.get("panel") ?? "{}") as Record<string, string>;
    } catch {
      return {};
    }
  }

  async serve(message: ToLoader): Promise<void> {
    if (message.type === "note") {
      this.memory.set("panel", JSON.stringify({ ...this.notes(), [message.key]: message.value }));
    }
    if (message.type === "keep") await (await this.open()).put(message.entry);
    if (message.type === "drop") await (await this.open()).delete(message.client_id);
    if (message.type === "list") this.answer({ type: "pending", entries: await (await this.open()).all() });
  }

  private open(): Promise<PendingStore> {
    this.store ??= openStore(this.prefix);
    return this.store;
  }
}
