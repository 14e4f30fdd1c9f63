import { expect, test } from "vitest";
import type { Message } from "../api/types";
import { dialogue, type Pending, unsent } from "./outbox";

const message = (id: string, seq: number, more: Partial<Message> = {}): Message => ({
  id,
  seq,
  client_id: "",
  author: { kind: "client", id: 0, name: "" },
  text: "",
  error: "",
  buttons: [],
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
