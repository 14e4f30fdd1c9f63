import { newId } from "./ids";

export interface PendingFile {
  name: string;
  mime: string;
  size: number;
  blob: Blob;
  /** The server's id once it is uploaded. */
  id?: string;
}

/** A message of the visitor that the server has not confirmed. It is stored as it is, so it holds plain data only. */
export interface Pending {
  client_id: string;
  /** Place in the queue: grows with every message of this browser. */
  order: number;
  /** The tab that wrote it and so sends it first. */
  tab: string;
  created_at_ms: number;
  text: string;
  button?: string;
  files: PendingFile[];
  state: "waiting" | "failed";
  /** Why it failed: the server's words. */
  error?: string;
}

export interface Draft {
  text: string;
  button?: string;
  files?: File[];
}

export function newPending(draft: Draft, tab: string, order: number, now: number): Pending {
  return {
    client_id: newId(),
    order,
    tab,
    created_at_ms: now,
    text: draft.text,
    ...(draft.button ? { button: draft.button } : {}),
    files: (draft.files ?? []).map((file) => ({
      name: file.name || "file",
      mime: file.type || "application/octet-stream",
      size: file.size,
      blob: file,
    })),
    state: "waiting",
  };
}
