import { newId } from "../shared/ids";
import { type Memory, memory } from "../shared/memory";
import type { Pending } from "../shared/pending";
import { openStore, type PendingStore } from "../shared/pendingStore";
import type { ParentPage } from "./bridge";

/** A page that has not said hello by then is not going to. */
const HELLO_MS = 3000;

export interface Storages {
  notes: Memory;
  pending: PendingStore;
  /** Outlives a reload, so that a tab goes on with its own queue at once. */
  tab: string;
}

/** The frame's own storage, or the page's where the browser gives a frame of another site none. */
export async function openStorages(name: string, parent: ParentPage): Promise<Storages> {
  if (!parent.exists || hasStorage()) return ownStorages(name);
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), HELLO_MS));
  const hello = await Promise.race([parent.hello, late]);
  if (!hello) return ownStorages(name);
  return { notes: lentNotes(hello.notes, parent), pending: new LentStore(parent), tab: hello.tab };
}

async function ownStorages(name: string): Promise<Storages> {
  const tabNotes = memory(() => sessionStorage, `${name}:`);
  const tab = tabNotes.get("tab") ?? newId();
  tabNotes.set("tab", tab);
  return { notes: memory(() => localStorage, `${name}:`), pending: await openStore(name), tab };
}

function hasStorage(): boolean {
  try {
    localStorage.getItem("");
    return true;
  } catch {
    return false;
  }
}

function lentNotes(kept: Record<string, string>, parent: ParentPage): Memory {
  const notes = new Map(Object.entries(kept));
  return {
    get: (key) => notes.get(key) ?? null,
    set: (key, value) => {
      notes.set(key, value);
      parent.send({ type: "note", key, value });
    },
  };
}

/** The outbox, kept by the loader in the page's IndexedDB. */
class LentStore implements PendingStore {
  constructor(private readonly parent: ParentPage) {}

  all(): Promise<Pending[]> {
    return this.parent.listPending();
  }

  async put(entry: Pending): Promise<void> {
    this.parent.send({ type: "keep", entry });
  }

  async delete(clientId: string): Promise<void> {
    this.parent.send({ type: "drop", client_id: clientId });
  }
}
