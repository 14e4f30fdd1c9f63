// The shapes of the API that the pages use. Times are Unix seconds unless the name ends in _ms.

export interface User {
  id: number;
  name: string;
  email: string;
  role?: "administrator" | "manager";
}

export interface Account {
  id: number;
  name: string;
  currency?: string;
  current_user_id: number;
  language?: string;
}

export interface Status {
  id: number;
  name: string;
  sort: number;
  color: string;
  /** 0 is an ordinary stage, 1 the one in which incoming leads wait. */
  type: number;
  pipeline_id: number;
}

export interface Pipeline {
  id: number;
  name: string;
  sort: number;
  is_main: boolean;
  is_archive?: boolean;
  _embedded: { statuses: Status[] };
}

export interface StatusTotal {
  id: number;
  count: number;
  sum: number;
}

export interface Tag {
  id?: number;
  name: string;
  color?: string | null;
}

export interface FieldValue {
  value: string | number | boolean;
  enum_id?: number;
  enum_code?: string;
}

export interface FieldValues {
  field_id: number;
  field_name?: string;
  field_code?: string;
  field_type?: string;
  values: FieldValue[];
}

export interface CustomField {
  id: number;
  name: string;
  type: string;
  code?: string;
  sort: number;
  enums?: { id: number; value: string; code?: string; sort?: number }[] | null;
}

/** What a card of the board shows beside the lead itself (with=board). */
export interface BoardInfo {
  contact_name?: string;
  channel_kind?: string;
  last_message_at?: number | null;
  last_message_text?: string;
  unread_count?: number;
  task?: { id: number; text: string; complete_till: number } | null;
  bot_status?: string;
}

export interface Contact {
  id: number;
  /** Only a contact that was asked for by itself has one. */
  name?: string;
  first_name?: string;
  last_name?: string;
  custom_fields_values?: FieldValues[] | null;
  is_main?: boolean;
}

export interface Company {
  id: number;
  name?: string;
}

export interface Lead {
  id: number;
  name: string;
  /** In whole major units. */
  price: number;
  /** The same with its cents. */
  price_with_minor_units?: number;
  responsible_user_id: number;
  status_id: number;
  pipeline_id: number;
  created_at: number;
  updated_at: number;
  closed_at?: number | null;
  closest_task_at?: number | null;
  custom_fields_values: FieldValues[] | null;
  board?: BoardInfo;
  _embedded?: { tags?: Tag[]; contacts?: Contact[]; companies?: Company[] };
}

export interface Task {
  id: number;
  text: string;
  complete_till: number;
  entity_id: number;
  entity_type: string;
  responsible_user_id: number;
  is_completed: boolean;
  task_type_id: number;
  result?: { text?: string } | unknown[] | null;
  created_at: number;
  created_by: number;
}

export interface Note {
  id: number;
  note_type: string;
  params: { text?: string; service?: string };
  created_at: number;
  created_by: number;
}

export interface FeedEvent {
  id: string;
  type: string;
  entity_id: number;
  entity_type: string;
  created_by: number;
  created_at: number;
  value_after?: unknown[] | null;
  value_before?: unknown[] | null;
}

export interface Chat {
  id: string;
  channel_id: number;
  channel_kind?: string;
  channel_name?: string;
  contact_id: number;
  lead_id?: number;
  taken_over_by?: number;
  blocked?: boolean;
  last_message_at?: number | null;
  unread_count?: number;
}

export interface Attachment {
  id?: string;
  type: string;
  name?: string;
  url?: string;
  size?: number;
  mime?: string;
}

export interface Button {
  id?: string;
  text: string;
  url?: string;
}

export interface Message {
  id: string;
  seq?: number;
  chat_id: string;
  client_id?: string;
  direction: "in" | "out";
  author?: { kind?: string; id?: number; name?: string };
  text?: string;
  buttons?: Button[] | null;
  attachments?: Attachment[] | null;
  status: string;
  error?: string;
  created_at: number;
}

export interface Position {
  x: number;
  y: number;
}

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

export interface Bot {
  id: number;
  name: string;
  is_active?: boolean;
  settings?: { active?: boolean };
  revision?: number;
  published_version?: number | null;
  alive_runs?: number;
  updated_at?: number;
  document?: BotDocument;
}

export interface BotVersion {
  id: number;
  number: number;
  created_at: number;
  created_by: number;
  document?: BotDocument;
}

export type TriggerKind = "talk_started" | "message" | "stage_created" | "stage_moved" | "stage_entered";

export interface Trigger {
  id: number;
  kind: TriggerKind;
  pipeline_id?: number;
  status_id?: number;
  channel_id?: number;
}

export interface LintIssue {
  level: "error" | "warning";
  code: string;
  step?: string;
  path?: string;
  message: string;
  fix?: string;
}

export interface Visit {
  number: number;
  step: string;
  kind: string;
  at_ms: number;
  left_at_ms?: number | null;
  exit?: string;
  got?: { message_id: string; text?: string }[] | null;
  notes?: string[] | null;
}

export interface Run {
  id: number;
  bot_id: number;
  bot_name?: string;
  version?: number;
  lead_id?: number;
  status: string;
  step?: string;
  waiting_for?: string;
  waiting_until?: number | null;
  reason?: string;
  workflow_id?: string;
  created_at: number;
  ended_at?: number | null;
  _embedded?: { visits?: Visit[]; document?: BotDocument };
}

export interface Channel {
  id: number;
  kind: string;
  name: string;
  is_active: boolean;
  pipeline_id?: number;
  settings?: Record<string, unknown>;
}

/** One event of the live stream: something of that type changed. */
export interface Change {
  type: string;
  entity_type?: string;
  entity_id?: number;
  lead_id?: number;
  chat_id?: string;
}
