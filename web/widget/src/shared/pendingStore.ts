import type { Pending } from "./pending";

/** Keeps unsent messages over a reload. */
export interface PendingStore {
  all(): Promise<Pending[]>;
  put(entry: Pending): Promise<void>;
  delete(clientId: string): Promise<void>;
}

/** For browsers that allow no storage in a frame: the queue then lives as long as the page. */
export class MemoryStore implements PendingStore {
  private readonly entries = new Map<string, Pending>();

  async all(): Promise<Pending[]> {
    return [...this.entries.values()];
  }

  async put(entry: Pending): Promise<void> {
    this.entries.set(entry.client_id, entry);
  }

  async delete(clientId: string): Promise<void> {
    this.entries.delete(clientId);
  }
}

/** IndexedDB rather than localStorage: one row a message, so two tabs cannot overwrite each other's, and it holds files. */
export class IndexedStore implements PendingStore {
  private constructor(private readonly database: IDBDatabase) {}

  static open(name: string): Promise<IndexedStore> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("pending", { keyPath: "client_id" });
      request.onsuccess = () => resolve(new IndexedStore(request.result));
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("the database is blocked by another tab"));
    });
  }

  all(): Promise<Pending[]> {
    return this.run("readonly", (store) => store.getAll());
  }

  async put(entry: Pending): Promise<void> {
    await this.run("readwrite", (store) => store.put(entry));
  }

  async delete(clientId: string): Promise<void> {
    await this.run("readwrite", (store) => store.delete(clientId));
  }

  private run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction("pending", mode);
      const request = work(transaction.objectStore("pending"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  }
}

export async function openStore(name: string): Promise<PendingStore> {
  try {
    return await IndexedStore.open(name);
  } catch {
    return new MemoryStore();
  }
}
