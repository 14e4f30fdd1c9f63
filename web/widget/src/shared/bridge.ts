import type { Page, Profile, Settings } from "./protocol";

/** Every message between the loader and the panel carries this mark, so that neither takes another script's. */
export const BRIDGE = "salesbot-chat/1";

export type ToPanel =
  | { type: "hello"; page: Page; profile: Profile }
  | { type: "identify"; profile: Profile }
  | { type: "opened"; focus: boolean }
  | { type: "closed" };

export type ToLoader =
  | { type: "ready"; known: boolean }
  | { type: "settings"; settings: Settings }
  | { type: "known" }
  | { type: "close" }
  | { type: "unread"; count: number }
  | { type: "message"; from: "visitor" | "bot" | "agent"; text: string };

export type Envelope<T> = T & { bridge: typeof BRIDGE };

export function isEnvelope<T>(data: unknown): data is Envelope<T> {
  return typeof data === "object" && data !== null && (data as { bridge?: unknown }).bridge === BRIDGE;
}
