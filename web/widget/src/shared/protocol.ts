/** The shapes of the live chat's HTTP protocol, version 1. docs/live-chat.md explains them. */

/** GET /live/{channel}/settings. */
export interface Settings {
  title: string;
  subtitle: string;
  /** Shown as the first message of the chat; empty for none. */
  greeting: string;
  /** #rrggbb. */
  colour: string;
  position: "right" | "left";
  theme: "auto" | "light" | "dark";
  /** Words on the launcher; empty for an icon alone. */
  launcher_text: string;
  max_file_bytes: number;
  /** "auto" takes the browser's. */
  language: string;
}

export const DEFAULT_SETTINGS: Settings = {
  title: "Chat",
  subtitle: "",
  greeting: "",
  colour: "#2f6fed",
  position: "right",
  theme: "auto",
  launcher_text: "",
  max_file_bytes: 20 * 1024 * 1024,
  language: "auto",
};

/** What the page knows about its visitor; every field may be missing. */
export interface Profile {
  name?: string;
  email?: string;
  phone?: string;
}

export interface Page {
  url: string;
  title: string;
  referrer: string;
}

export type Button = { id: string; text: string } | { url: string; text: string };

export interface Attachment {
  id: string;
  type: "picture" | "video" | "audio" | "voice" | "file";
  name: string;
  url: string;
  /** Bytes. */
  size: number;
  mime: string;
}

export interface Message {
  /** Grows within a chat; the place of the message and the cursor for catching up. */
  seq: number;
  id: string;
  client_id: string | null;
  from: "visitor" | "bot" | "agent";
  author: { name: string; avatar_url?: string } | null;
  text: string;
  buttons: Button[];
  /** The bot no longer waits for one of the quick replies. */
  spent: boolean;
  /** The id of the quick reply by which it went on; empty if it went on otherwise. */
  chosen: string;
  attachments: Attachment[];
  created_at_ms: number;
  status: "sent" | "delivered" | "read" | "failed";
}

export interface MessagePage {
  messages: Message[];
  has_more: boolean;
  /** Up to which seq the team has read the visitor's messages. */
  read_seq: number;
}

export interface NewMessage {
  client_id: string;
  text?: string;
  button?: string;
  attachments?: string[];
}

export interface Typing {
  from: "bot" | "agent";
  name: string;
  until_ms: number;
}

/** Unicode code points. */
export const TEXT_LIMIT = 4096;
