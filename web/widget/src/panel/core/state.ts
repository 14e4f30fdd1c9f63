import type { Pending } from "../../shared/pending";
import { DEFAULT_SETTINGS, type Message, type Settings, type Typing } from "../../shared/protocol";

/** All that the panel draws from. Replaced, never changed in place. */
export interface ChatState {
  settings: Settings;
  messages: readonly Message[];
  pending: readonly Pending[];
  /** Upload progress, 0 to 1, by client id. */
  progress: Readonly<Record<string, number>>;
  typing: Typing | null;
  /** Nothing gets through at the moment. */
  offline: boolean;
  /** The first page of messages is on its way. */
  loading: boolean;
  hasOlder: boolean;
  loadingOlder: boolean;
  /** Up to which seq the team has read. */
  readSeq: number;
  unread: number;
}

export const FIRST_STATE: ChatState = {
  settings: DEFAULT_SETTINGS,
  messages: [],
  pending: [],
  progress: {},
  typing: null,
  offline: false,
  loading: false,
  hasOlder: false,
  loadingOlder: false,
  readSeq: 0,
  unread: 0,
};

/** A value that tells when it changes. */
export class Store {
  private readonly listeners = new Set<() => void>();

  constructor(public state: ChatState = FIRST_STATE) {}

  set(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
