import type { Pending } from "./pending";
import type { Page, Profile, Settings } from "./protocol";

/** Every message between the loader and the panel carries this mark, so that neither takes another script's. */
export const BRIDGE = "salesbot-chat/1";

export interface Hello {
  type: "hello";
  page: Page;
  profile: Profile;
  /** Names this browser tab, also after a reload. */
  tab: string;
  /** What a panel without a storage of its own has asked the loader to keep. */
  notes: Record<string, string>;
}

export type ToPanel =
  | Hello
  | { type: "identify"; profile: Profile }
  | { type: "opened"; focus: boolean }
  | { type: "closed" }
  | { type: "pending"; entries: Pending[] };

export type ToLoader =
  | { type: "ready" }
  | { type: "settings"; settings: Settings }
  | { type: "known" }
  | { type: "close" }
  | { type: "unread"; count: number }
  | { type: "message"; from: "visitor" | "bot" | "agent"; text: string }
  | Loan;

/** A browser that blocks third-party storage gives the panel none at all; then the page lends some of its own. */
export type Loan =
  | { type: "note"; key: string; value: string }
  | { type: "keep"; entry: Pending }
  | { type: "drop"; client_id: string }
  | { type: "list" };

export type Envelope<T> = T & { bridge: typeof BRIDGE };

export function isEnvelope<T>(data: unknown): data is Envelope<T> {
  return typeof data === "object" && data !== null && (data as { bridge?: unknown }).bridge === BRIDGE;
}
