import { expect, test, vi } from "vitest";
import { newId } from "../api/id";
import type { Message } from "../api/types";
import { deliveryState, dialogue, type Pending, unsent } from "./outbox";

const message = (id: string, seq: number, more: Partial<Message> = {}): Message => ({
  id,
  seq,
  client_id: "",
  author: { kind: "client", id: 0, name: "" },
  text: "",
  error: "",
  buttons: [],
  spent_at: null,
  chosen: "",
  attachments: [],
  direction: "in",
  status: "received",
  created_at: 1000 + seq,
  ...more,
});

const pending = (client_id: string, failed?: string): Pending => ({
  client_id,
  text: "hi",
  attachments: [],
  created_at: 2000,
  failed,
});

const names = (lines: ReturnType<typeof dialogue>) =>
  lines.map((line) => (line.kind === "message" ? line.message.id : line.pending.client_id));

test("pages in any order make one dialogue in the chat's order", () => {
  const pages = [
    [message("c", 3), message("d", 4)],
    [message("a", 1), message("b", 2)],
  ];
  expect(names(dialogue(pages, []))).toEqual(["a", "b", "c", "d"]);
});

test("a message that two pages hold is shown once, in its newer state", () => {
  const [line] = dialogue([[message("a", 1, { status: "sent" })], [message("a", 1, { status: "read" })]], []);
  expect(line).toMatchObject({ kind: "message", message: { status: "read" } });
});

test("a reply is shown until the server has it", () => {
  const outbox = [pending("x"), pending("y")];
  expect(names(dialogue([[message("a", 1)]], outbox))).toEqual(["a", "x", "y"]);
  const arrived = [message("b", 2, { client_id: "x" })];
  expect(names(dialogue([[message("a", 1), ...arrived]], outbox))).toEqual(["a", "b", "y"]);
  expect(unsent(outbox, arrived).map((one) => one.client_id)).toEqual(["y"]);
});

test("an outbox that nothing changed is the same object", () => {
  const outbox = [pending("x", "offline")];
  expect(unsent(outbox, [message("a", 1)])).toBe(outbox);
});

test("a message that went out is read once the client has read as far", () => {
  const state = (seq: number, status: string, readSeq: number) => deliveryState({ seq, status }, readSeq);
  expect(state(3, "sent", 2)).toBe("sent");
  expect(state(3, "sent", 3)).toBe("read");
  expect(state(3, "delivered", 4)).toBe("read");
  expect(state(3, "failed", 4)).toBe("failed");
});

test("an id is made on a page without HTTPS, too", () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(newId()).toMatch(uuid);
  expect(newId()).not.toBe(newId());
  vi.unstubAllGlobals();
});
