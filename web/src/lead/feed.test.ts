import { expect, test } from "vitest";
import type { EventValue, FeedEvent, Pipeline } from "../api/types";
import { actor, sentence, worthTelling } from "./feed";

const status = (id: number, name: string) => ({ id, name, sort: id, color: "#fff", type: 0, pipeline_id: 1 });
const pipelines: Pipeline[] = [
  {
    id: 1,
    name: "Sales",
    sort: 1,
    is_main: true,
    is_archive: false,
    _embedded: { statuses: [status(1, "New"), status(142, "Won")] },
  },
];
const names = {
  pipelines,
  userName: (id: number) => (id === 7 ? "Nora" : "?"),
  fieldName: () => "Seats",
  money: (amount: number) => `${amount} €`,
};
const seats = (...values: string[]) => [
  { custom_field_value: { field_id: 2, text: values[0] ?? "", values: values.map((value) => ({ value })) } },
];
const stage = (id: number) => [{ lead_status: { id, pipeline_id: 1 } }];

test.each([
  ["lead_status_changed", stage(1), stage(142), "moved the lead from New to Won"],
  ["lead_status_changed", stage(9), stage(1), "moved the lead from stage 9 to New"],
  ["entity_responsible_changed", [], [{ responsible_user: { id: 7 } }], "made Nora responsible"],
  [
    "sale_field_changed",
    [],
    [{ sale_field_value: { sale: 1250, price_with_minor_units: 1250 } }],
    "set the price to 1250 €",
  ],
  ["entity_tag_deleted", [{ tag: { id: 3, name: "hot" } }], [], "removed the tag hot"],
  ["custom_field_value_changed", [], seats("12"), "changed Seats to 12"],
  ["custom_field_value_changed", seats("12"), seats(), "changed Seats"],
  [
    "bot_passed_over",
    [],
    [{ bot: { id: 6, name: "Night shift" }, launched_bot: { id: 5, name: "Welcome" } }],
    "launched Welcome and not Night shift, whose trigger comes after it",
  ],
  ["incoming_chat_message", null, null, "wrote a message"],
  ["something_new_happened" as FeedEvent["type"], null, null, "something new happened"],
] satisfies [FeedEvent["type"], FeedEvent["value_before"], FeedEvent["value_after"], string][])(
  "%s",
  (type, value_before, value_after, text) => {
    const event: FeedEvent = {
      id: "1",
      type,
      created_by_kind: "user",
      created_by: 7,
      created_at: 0,
      value_before,
      value_after,
    };
    expect(sentence(event, names)).toBe(text);
  },
);

const event = (type: FeedEvent["type"], after: EventValue, kind = "user", by = 7): FeedEvent => ({
  id: "1",
  type,
  created_by: by,
  created_by_kind: kind,
  created_at: 0,
  value_after: [after],
  value_before: [],
});

test.each([
  ["user", 7, "Nora"],
  ["client", 0, "The client"],
  ["bot", 0, "A bot"],
  ["system", 0, "The system"],
])("a %s did it", (kind, by, name) => expect(actor(event("lead_changed", {}, kind, by), names)).toBe(name));

test("a take-over is told, a mark of reading is not", () => {
  expect(worthTelling(event("chat_changed", { chat: { taken_over_by: 7 } }))).toBe(true);
  expect(worthTelling(event("chat_changed", { chat: { team_read_seq: 7 } }))).toBe(false);
  expect(worthTelling(event("run_changed", {}))).toBe(false);
  expect(worthTelling(event("team_typing", {}))).toBe(false);
  expect(sentence(event("chat_changed", { chat: { taken_over_by: 0 } }), names)).toBe(
    "handed the chat back to the bots",
  );
});
