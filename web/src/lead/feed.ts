import type { FeedEvent, Pipeline } from "../api/types";
import { words } from "../ui/format";

/** What the sentences need to know beside the event. */
export interface FeedNames {
  pipelines: Pipeline[];
  userName: (id: number) => string;
  fieldName: (id: number) => string;
  money: (amount: number) => string;
}

type Values = Record<string, unknown>;

/** One event of a lead's feed as a sentence without its subject: "moved from New to Won". */
export function sentence(event: FeedEvent, names: FeedNames): string {
  const before = first(event.value_before);
  const after = first(event.value_after);
  switch (event.type) {
    case "lead_status_changed":
      return `moved the lead from ${stage(before, names)} to ${stage(after, names)}`;
    case "entity_responsible_changed":
      return `made ${names.userName(number(part(after, "responsible_user"), "id"))} responsible`;
    case "entity_tag_added":
      return `added the tag ${text(part(after, "tag"), "name")}`;
    case "entity_tag_deleted":
      return `removed the tag ${text(part(before, "tag"), "name")}`;
    case "sale_field_changed":
      return `set the price to ${names.money(number(after, "price") / 100)}`;
    case "name_field_changed":
      return `renamed the lead to ${text(part(after, "name_field_value"), "name")}`;
    case "chat_changed":
      return number(after, "taken_over_by") ? "took the chat over" : "handed the chat back to the bots";
    case "bot_passed_over":
      return `launched ${text(part(after, "launched_bot"), "name")} and not ${text(part(after, "bot"), "name")}, whose trigger comes after it`;
    case "custom_field_value_changed":
      return `changed ${field(after ?? before, names)}`;
  }
  return plain[event.type] ?? words(event.type).toLowerCase();
}

const plain: Record<string, string> = {
  lead_added: "created the lead",
  lead_deleted: "deleted the lead",
  lead_changed: "changed the lead",
  entity_linked: "linked a contact or a company",
  entity_unlinked: "unlinked a contact or a company",
  task_added: "added a task",
  task_changed: "changed a task",
  task_completed: "completed a task",
  task_deleted: "deleted a task",
  common_note_added: "added a note",
  note_changed: "changed a note",
  note_deleted: "deleted a note",
  talk_created: "began a talk",
  talk_closed: "closed the talk",
  incoming_chat_message: "wrote a message",
  outgoing_chat_message: "sent a message",
  video_opened: "opened the video",
  video_closed: "closed the video",
};

function stage(value: Values | undefined, names: FeedNames): string {
  const status = part(value, "lead_status");
  const pipeline = names.pipelines.find((one) => one.id === number(status, "pipeline_id"));
  const id = number(status, "id");
  return pipeline?._embedded.statuses.find((one) => one.id === id)?.name ?? `stage ${id}`;
}

function field(value: Values | undefined, names: FeedNames): string {
  const changed = part(value, "custom_field_value");
  const name = names.fieldName(number(changed, "field_id"));
  const values = (changed?.values ?? []) as { value?: unknown }[];
  const to = values.map((one) => one.value).join(", ");
  return to ? `${name} to ${to}` : name;
}

const first = (values: unknown[] | null | undefined): Values | undefined => values?.[0] as Values | undefined;

/** Kommo wraps a value under its own word; some of our events hold it bare. */
const part = (value: Values | undefined, key: string) => (value?.[key] as Values | undefined) ?? value;
const number = (value: Values | undefined, key: string) => Number(value?.[key] ?? 0);
const text = (value: Values | undefined, key: string) => String(value?.[key] ?? "");

/** Who did it: a user by name, else the kind of actor. */
export function actor(event: FeedEvent, names: FeedNames): string {
  if (event.created_by) return names.userName(event.created_by);
  return event.created_by_kind === "client"
    ? "The client"
    : event.created_by_kind === "bot"
      ? "A bot"
      : "The system";
}

/** Steps of bots and marks of reading and delivery are shown where they happen; here they would drown the rest. */
export function worthTelling(event: FeedEvent): boolean {
  if (event.type === "chat_changed") return "taken_over_by" in (first(event.value_after) ?? {});
  return (
    event.type !== "run_changed" &&
    event.type !== "chat_message_status_changed" &&
    event.type !== "client_typing"
  );
}
