import type { EventValue, FeedEvent, Pipeline } from "../api/types";
import { words } from "../ui/format";

/** What the sentences need to know beside the event. */
export interface FeedNames {
  pipelines: Pipeline[];
  userName: (id: number) => string;
  fieldName: (id: number) => string;
  money: (amount: number) => string;
}

/** One event of a lead's feed as a sentence without its subject: "moved from New to Won". */
export function sentence(event: FeedEvent, names: FeedNames): string {
  const before = event.value_before?.[0];
  const after = event.value_after?.[0];
  switch (event.type) {
    case "lead_status_changed":
      return `moved the lead from ${stage(before, names)} to ${stage(after, names)}`;
    case "entity_responsible_changed":
      return `made ${names.userName(after?.responsible_user?.id ?? 0)} responsible`;
    case "entity_tag_added":
      return `added the tag ${after?.tag?.name ?? ""}`;
    case "entity_tag_deleted":
      return `removed the tag ${before?.tag?.name ?? ""}`;
    case "sale_field_changed":
      return `set the price to ${names.money(after?.sale_field_value?.price_with_minor_units ?? 0)}`;
    case "name_field_changed":
      return `renamed the lead to ${after?.name_field_value?.name ?? ""}`;
    case "chat_changed":
      return after?.chat?.taken_over_by ? "took the chat over" : "handed the chat back to the bots";
    case "bot_passed_over":
      return `launched ${after?.launched_bot?.name ?? ""} and not ${after?.bot?.name ?? ""}, whose trigger comes after it`;
    case "custom_field_value_changed":
      return `changed ${field(after ?? before, names)}`;
  }
  return plain[event.type] ?? words(event.type).toLowerCase();
}

const plain: Partial<Record<FeedEvent["type"], string>> = {
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

function stage(value: EventValue | undefined, names: FeedNames): string {
  const { id, pipeline_id } = value?.lead_status ?? { id: 0, pipeline_id: 0 };
  const pipeline = names.pipelines.find((one) => one.id === pipeline_id);
  return pipeline?._embedded.statuses.find((one) => one.id === id)?.name ?? `stage ${id}`;
}

function field(value: EventValue | undefined, names: FeedNames): string {
  const changed = value?.custom_field_value;
  const name = names.fieldName(changed?.field_id ?? 0);
  const to = (changed?.values ?? []).map((one) => one.value).join(", ");
  return to ? `${name} to ${to}` : name;
}

/** Who did it: a user by name, else the kind of actor. */
export function actor(event: FeedEvent, names: FeedNames): string {
  if (event.created_by) return names.userName(event.created_by);
  return event.created_by_kind === "client"
    ? "The client"
    : event.created_by_kind === "bot"
      ? "A bot"
      : "The system";
}

const quiet: FeedEvent["type"][] = [
  "run_changed",
  "chat_message_status_changed",
  "chat_message_spent",
  "client_typing",
  "team_typing",
];

/** Steps of bots and marks of reading and delivery are shown where they happen; here they would drown the rest. */
export function worthTelling(event: FeedEvent): boolean {
  if (event.type === "chat_changed") return event.value_after?.[0]?.chat?.taken_over_by != null;
  return !quiet.includes(event.type);
}
