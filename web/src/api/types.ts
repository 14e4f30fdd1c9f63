// The shapes of the API that the pages use, picked from its description, so that a change there is a type error here.
// What the description leaves open (a value, a document, settings) is narrowed. Times are Unix seconds unless the name
// ends in _ms.

import type { components } from "../gen/api";

type Schemas = components["schemas"];

/** Some fields of an answer. */
type Of<Name extends keyof Schemas, Field extends keyof Schemas[Name]> = Pick<Schemas[Name], Field>;

export type User = Of<"User", "id" | "name" | "email" | "role">;
export type Account = Of<"Account", "name" | "currency" | "current_user_id">;

export type Status = Of<"Status", "id" | "name" | "sort" | "color" | "type" | "pipeline_id">;

export interface Pipeline extends Of<"Pipeline", "id" | "name" | "sort" | "is_main" | "is_archive"> {
  _embedded: { statuses: Status[] };
}

/** How many leads stand at a stage and what they are worth, in major units. */
export type StatusTotal = Of<"BoardStatus", "id" | "count" | "sum">;

/** A lead as the board shows it. */
export interface BoardCard extends Of<"BoardCard", "id" | "name" | "price" | "status_id" | "updated_at"> {
  tags: Pick<Tag, "name">[] | null;
  main_contact?: Of<"CardContact", "id" | "name"> | null;
  next_task?: Of<"CardTask", "text" | "complete_till"> | null;
  last_message?: Of<"CardMessage", "channel_kind" | "created_at"> | null;
  unread: number;
}

export type Tag = Of<"Tag", "id" | "name" | "color">;

export interface FieldValue extends Of<"Value", "enum_id" | "enum_code"> {
  value: string | number | boolean;
}

export interface FieldValues extends Partial<Of<"FieldValues", "field_name" | "field_code" | "field_type">> {
  field_id: number;
  values: FieldValue[] | null;
}

export type Enum = Of<"Enum", "id" | "value">;

export interface CustomField extends Of<"CustomField", "id" | "name" | "type" | "sort"> {
  enums: Enum[] | null;
}

export interface Contact extends Of<"Contact", "id" | "name"> {
  custom_fields_values: FieldValues[] | null;
}

export type LeadContact = Of<"LeadContact", "id" | "is_main">;

export interface Lead
  extends Of<
    "Lead",
    | "id"
    | "name"
    | "price_with_minor_units"
    | "responsible_user_id"
    | "status_id"
    | "pipeline_id"
    | "created_at"
    | "updated_at"
  > {
  custom_fields_values: FieldValues[] | null;
  _embedded: { tags: Pick<Tag, "name">[] | null; contacts?: LeadContact[] | null };
}

export interface Task
  extends Of<
    "Task",
    "id" | "text" | "complete_till" | "responsible_user_id" | "is_completed" | "created_by"
  > {
  /** Kommo answers an empty list where there is none. */
  result?: { text?: string } | unknown[] | null;
}

export type Note = Of<"Note", "id" | "note_type" | "params" | "created_at" | "created_by">;

export type FeedEvent = Of<
  "Event",
  "id" | "type" | "created_by" | "created_by_kind" | "created_at" | "value_after" | "value_before"
>;

/** What an event says of before or after: one part, by its word. */
export type EventValue = Schemas["EventValue"];

export type Chat = Of<
  "Chat",
  | "id"
  | "channel_kind"
  | "channel_name"
  | "contact_id"
  | "taken_over_by"
  | "blocked"
  | "unread_count"
  | "client_read_seq"
>;

export type Attachment = Of<"File", "id" | "type" | "name" | "url" | "size" | "mime">;
export type Button = Of<"Button", "id" | "text" | "url">;

export interface Message
  extends Of<
    "Message",
    | "id"
    | "seq"
    | "client_id"
    | "direction"
    | "text"
    | "spent_at"
    | "chosen"
    | "status"
    | "error"
    | "created_at"
  > {
  author: Of<"Author", "kind" | "id" | "name">;
  buttons: Button[] | null;
  attachments: Attachment[] | null;
}

export interface Position {
  x: number;
  y: number;
}

/** A step as a page may meet it, also half-typed; the exact shapes of the kinds are in gen/steps.ts. */
export interface Step {
  id: string;
  kind: string;
  title?: string;
  config?: Record<string, unknown>;
  exits?: Record<string, string>;
}

export interface BotDocument {
  schema: number;
  name: string;
  start: string;
  settings?: Record<string, unknown>;
  steps: Step[];
  layout?: Record<string, Position>;
}

export interface Bot
  extends Of<
    "Bot",
    "id" | "name" | "is_active" | "revision" | "published_version" | "alive_runs" | "updated_at"
  > {
  document?: BotDocument;
}

/** An activity of somebody else's program that bots may name; schemas are JSON Schemas. */
export interface CustomActivity extends Of<"Activity", "name" | "title"> {
  input_schema: unknown;
}

export interface Sample extends Of<"Sample", "key" | "name" | "summary" | "dialogue"> {
  document: BotDocument;
}

export interface BotVersion extends Of<"Version", "number" | "created_at" | "created_by"> {
  document?: BotDocument;
}

export type TriggerKind =
  | "talk_started"
  | "message"
  | "no_bot_running"
  | "stage_created"
  | "stage_moved"
  | "stage_entered";

/** Another bot's trigger that the same event may match, where one bot is launched. */
export interface Collision extends Of<"Collision", "trigger_id" | "bot_id" | "bot_name" | "goes_first"> {
  kind: TriggerKind;
}

export interface Trigger
  extends Of<"Trigger", "id" | "pipeline_id" | "status_id" | "channel_id" | "alongside"> {
  kind: TriggerKind;
  collisions: Collision[] | null;
}

export interface LintIssue extends Of<"StepsIssue", "code" | "step" | "path" | "message" | "fix"> {
  level: "error" | "warning";
}

export type Visit = Of<
  "Visit",
  "number" | "step" | "kind" | "at_ms" | "left_at_ms" | "exit" | "got" | "notes"
>;

export interface Run
  extends Of<
    "Run",
    | "id"
    | "bot_id"
    | "bot_name"
    | "version"
    | "lead_id"
    | "parent_id"
    | "status"
    | "hold"
    | "step"
    | "waiting_for"
    | "waiting_until"
    | "reason"
    | "workflow_id"
    | "created_at"
    | "ended_at"
  > {
  _embedded?: { visits: Visit[] | null; document: BotDocument };
}

export interface Channel
  extends Of<
    "Channel",
    "id" | "kind" | "name" | "is_active" | "pipeline_id" | "secret_names" | "connect_error"
  > {
  settings?: Record<string, unknown>;
}

/** One event of the live stream: something of that type changed. */
export type Change = Of<"Change", "type" | "entity_type" | "entity_id" | "lead_id" | "chat_id">;

export type Secret = Of<"Secret", "name" | "updated_at" | "used_by">;
