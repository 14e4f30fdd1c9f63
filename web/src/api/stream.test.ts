import { expect, test } from "vitest";
import { keys } from "./keys";
import { affected } from "./stream";
import type { Change } from "./types";

const nothing = { entity_type: "", entity_id: 0 };

test.each<[string, Partial<Change> & Pick<Change, "type">, unknown[]]>([
  [
    "a moved lead",
    { type: "lead_status_changed", entity_type: "leads", entity_id: 3, lead_id: 3 },
    [keys.lead(3), keys.boards],
  ],
  [
    "a message",
    { type: "incoming_chat_message", lead_id: 3, chat_id: "c" },
    [keys.messages("c"), keys.chats(3), keys.boards],
  ],
  ["a task", { type: "task_added", entity_type: "leads", lead_id: 3 }, [keys.tasks(3), keys.boards]],
  ["a note", { type: "common_note_added", lead_id: 3 }, [keys.notes(3)]],
  [
    "a run",
    { type: "run_changed", entity_type: "runs", entity_id: 9, lead_id: 3 },
    [keys.run(9), keys.runs(3)],
  ],
  [
    "a bot",
    { type: "bot_changed", entity_type: "bots", entity_id: 5 },
    [keys.bots, keys.allTriggers, keys.bot(5)],
  ],
  [
    "a bot that was not launched",
    { type: "bot_passed_over", entity_type: "bots", entity_id: 5, lead_id: 3 },
    [keys.feed(3)],
  ],
  ["a pipeline", { type: "pipeline_changed" }, [keys.pipelines, keys.boards]],
  ["a channel", { type: "channel_changed" }, [keys.channels]],
  [
    "a contact",
    { type: "contact_changed", entity_type: "contacts", entity_id: 4 },
    [keys.contact(4), keys.leads],
  ],
])("%s makes its answers old", (_name, change, expected) => {
  expect(affected({ ...nothing, ...change })).toEqual(expect.arrayContaining<unknown>(expected));
});

test("typing asks for nothing, and a task does not reload the lead", () => {
  for (const type of ["client_typing", "team_typing"] as const)
    expect(affected({ ...nothing, type, lead_id: 3, chat_id: "c" })).toEqual([]);
  expect(affected({ ...nothing, type: "task_added", lead_id: 3 })).not.toContainEqual(keys.lead(3));
});
