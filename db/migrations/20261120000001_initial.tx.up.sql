-- One history for both databases: the words in double braces are the only ones that differ; db/migrate.go fills them in.

CREATE TABLE users (
  id {{.pk}}, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL DEFAULT '', role TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT '', is_active {{.bool}} NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), created_at {{.time}} NOT NULL, expires_at {{.time}} NOT NULL);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE login_links (id TEXT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), expires_at {{.time}} NOT NULL);
CREATE TABLE tokens (
  id {{.pk}}, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, role TEXT NOT NULL, created_by BIGINT NOT NULL, created_at {{.time}} NOT NULL,
  expires_at {{.time}}, last_used_at {{.time}}
);
-- What an account sets once: working hours, its name, the keys it signs with.
CREATE TABLE settings (name TEXT PRIMARY KEY, value {{.json}} NOT NULL);

CREATE TABLE pipelines (
  id {{.pk}}, name TEXT NOT NULL, sort INTEGER NOT NULL, is_main {{.bool}} NOT NULL, is_unsorted_on {{.bool}} NOT NULL, is_archive {{.bool}} NOT NULL,
  created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
-- Won (142) and lost (143) exist in every pipeline, so a stage's id alone is no key.
CREATE TABLE stages (
  key {{.pk}}, id BIGINT NOT NULL, pipeline_id BIGINT NOT NULL REFERENCES pipelines (id), name TEXT NOT NULL, sort INTEGER NOT NULL,
  color TEXT NOT NULL, type INTEGER NOT NULL, is_editable {{.bool}} NOT NULL, UNIQUE (pipeline_id, id)
);

CREATE TABLE companies (
  id {{.pk}}, name TEXT NOT NULL, responsible_id BIGINT NOT NULL, created_by BIGINT NOT NULL, updated_by BIGINT NOT NULL,
  created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL, deleted_at {{.time}}
);
CREATE TABLE contacts (
  id {{.pk}}, name TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL, responsible_id BIGINT NOT NULL, company_id BIGINT NOT NULL,
  created_by BIGINT NOT NULL, updated_by BIGINT NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL, deleted_at {{.time}}
);
CREATE INDEX contacts_updated ON contacts (updated_at, id);
CREATE INDEX contacts_company ON contacts (company_id);
CREATE TABLE leads (
  id {{.pk}}, name TEXT NOT NULL, price BIGINT NOT NULL, pipeline_id BIGINT NOT NULL, stage_id BIGINT NOT NULL, responsible_id BIGINT NOT NULL,
  company_id BIGINT NOT NULL, source_id BIGINT NOT NULL, created_by BIGINT NOT NULL, updated_by BIGINT NOT NULL, created_at {{.time}} NOT NULL,
  updated_at {{.time}} NOT NULL, closed_at {{.time}}, last_message_at {{.time}}, deleted_at {{.time}}
);
CREATE INDEX leads_stage ON leads (pipeline_id, stage_id, updated_at, id);
CREATE INDEX leads_updated ON leads (updated_at, id);
CREATE INDEX leads_company ON leads (company_id);
CREATE TABLE lead_contacts (lead_id BIGINT NOT NULL, contact_id BIGINT NOT NULL, is_main {{.bool}} NOT NULL, PRIMARY KEY (lead_id, contact_id));
CREATE INDEX lead_contacts_contact ON lead_contacts (contact_id);

CREATE TABLE tags (id {{.pk}}, entity_type TEXT NOT NULL, name TEXT NOT NULL, fold TEXT NOT NULL, color TEXT NOT NULL, UNIQUE (entity_type, fold));
CREATE TABLE entity_tags (
  entity_type TEXT NOT NULL, entity_id BIGINT NOT NULL, tag_id BIGINT NOT NULL REFERENCES tags (id), PRIMARY KEY (entity_type, entity_id, tag_id)
);
CREATE INDEX entity_tags_tag ON entity_tags (tag_id);
CREATE TABLE custom_fields (
  id {{.pk}}, entity_type TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, code TEXT NOT NULL, sort INTEGER NOT NULL, enums {{.json}},
  is_predefined {{.bool}} NOT NULL, is_api_only {{.bool}} NOT NULL
);
CREATE UNIQUE INDEX custom_fields_code ON custom_fields (entity_type, code) WHERE code <> '';
CREATE TABLE field_values (
  entity_type TEXT NOT NULL, entity_id BIGINT NOT NULL, field_id BIGINT NOT NULL REFERENCES custom_fields (id), "values" {{.json}} NOT NULL,
  PRIMARY KEY (entity_type, entity_id, field_id)
);
CREATE TABLE tasks (
  id {{.pk}}, text TEXT NOT NULL, type_id BIGINT NOT NULL, entity_type TEXT NOT NULL, entity_id BIGINT NOT NULL, responsible_id BIGINT NOT NULL,
  complete_till {{.time}} NOT NULL, duration BIGINT NOT NULL, is_completed {{.bool}} NOT NULL, result TEXT NOT NULL, created_by BIGINT NOT NULL,
  updated_by BIGINT NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
CREATE INDEX tasks_entity ON tasks (entity_type, entity_id, is_completed);
CREATE INDEX tasks_due ON tasks (is_completed, complete_till, id);
CREATE TABLE notes (
  id {{.pk}}, entity_type TEXT NOT NULL, entity_id BIGINT NOT NULL, note_type TEXT NOT NULL, params {{.json}} NOT NULL, responsible_id BIGINT NOT NULL,
  is_pinned {{.bool}} NOT NULL, created_by BIGINT NOT NULL, updated_by BIGINT NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
CREATE INDEX notes_entity ON notes (entity_type, entity_id, id);

CREATE TABLE sources (
  id {{.pk}}, name TEXT NOT NULL, kind TEXT NOT NULL, external_id TEXT NOT NULL, pipeline_id BIGINT NOT NULL, created_at {{.time}} NOT NULL,
  UNIQUE (kind, external_id)
);
CREATE TABLE channels (
  id {{.pk}}, kind TEXT NOT NULL, name TEXT NOT NULL, settings {{.json}} NOT NULL, secrets {{.blob}}, pipeline_id BIGINT NOT NULL, source_id BIGINT NOT NULL,
  is_active {{.bool}} NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
CREATE TABLE chats (
  id TEXT PRIMARY KEY, channel_id BIGINT NOT NULL REFERENCES channels (id), external_id TEXT NOT NULL, contact_id BIGINT NOT NULL, lead_id BIGINT NOT NULL,
  profile {{.json}} NOT NULL, taken_over_by BIGINT NOT NULL, blocked {{.bool}} NOT NULL, client_read_seq BIGINT NOT NULL, team_read_seq BIGINT NOT NULL,
  last_message_at {{.time}}, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL, UNIQUE (channel_id, external_id)
);
CREATE INDEX chats_lead ON chats (lead_id);
CREATE INDEX chats_contact ON chats (contact_id);
CREATE INDEX chats_recent ON chats (last_message_at, id);
CREATE TABLE talks (
  id {{.pk}}, chat_id TEXT NOT NULL REFERENCES chats (id), contact_id BIGINT NOT NULL, lead_id BIGINT NOT NULL, status TEXT NOT NULL,
  is_answered {{.bool}} NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL, closed_at {{.time}}
);
-- A chat has at most one open talk.
CREATE UNIQUE INDEX talks_open ON talks (chat_id) WHERE status <> 'closed';
CREATE INDEX talks_lead ON talks (lead_id);
CREATE TABLE messages (
  seq {{.pk}}, id TEXT NOT NULL UNIQUE, chat_id TEXT NOT NULL REFERENCES chats (id), talk_id BIGINT NOT NULL, direction TEXT NOT NULL, author_kind TEXT NOT NULL,
  author_id BIGINT NOT NULL, external_id TEXT NOT NULL, client_id TEXT NOT NULL, text TEXT NOT NULL, buttons {{.json}}, files {{.json}}, button TEXT NOT NULL,
  status TEXT NOT NULL, error_code TEXT NOT NULL, error TEXT NOT NULL, run_id BIGINT NOT NULL, parts_sent INTEGER NOT NULL,
  created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
CREATE INDEX messages_chat ON messages (chat_id, seq);
-- The provider's id and the sender's own id: a repeated delivery or a resend finds the row and changes nothing.
CREATE UNIQUE INDEX messages_external ON messages (chat_id, external_id) WHERE external_id <> '';
CREATE UNIQUE INDEX messages_client ON messages (chat_id, client_id) WHERE client_id <> '';
-- What is still to be handed to a provider; few at any time.
CREATE INDEX messages_sending ON messages (run_id) WHERE status = 'sending';
CREATE TABLE files (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, mime TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL, chat_id TEXT NOT NULL, content {{.blob}} NOT NULL,
  created_at {{.time}} NOT NULL
);

CREATE TABLE bots (
  id {{.pk}}, name TEXT NOT NULL, draft {{.json}} NOT NULL, revision BIGINT NOT NULL, version_id BIGINT NOT NULL, is_active {{.bool}} NOT NULL,
  created_by BIGINT NOT NULL, updated_by BIGINT NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL, deleted_at {{.time}}
);
CREATE TABLE bot_versions (
  id {{.pk}}, bot_id BIGINT NOT NULL REFERENCES bots (id), number INTEGER NOT NULL, document {{.json}} NOT NULL, created_by BIGINT NOT NULL,
  created_at {{.time}} NOT NULL, UNIQUE (bot_id, number)
);
CREATE TABLE triggers (
  id {{.pk}}, bot_id BIGINT NOT NULL REFERENCES bots (id), kind TEXT NOT NULL, pipeline_id BIGINT NOT NULL, stage_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL, created_at {{.time}} NOT NULL
);
CREATE INDEX triggers_kind ON triggers (kind);
CREATE TABLE runs (
  id {{.pk}}, bot_id BIGINT NOT NULL, version_id BIGINT NOT NULL, lead_id BIGINT NOT NULL, contact_id BIGINT NOT NULL, chat_id TEXT NOT NULL,
  parent_id BIGINT NOT NULL, workflow_id TEXT NOT NULL, status TEXT NOT NULL, hold TEXT NOT NULL, on_manager_reply TEXT NOT NULL, step TEXT NOT NULL,
  visit INTEGER NOT NULL, waiting_for TEXT NOT NULL, waiting_until {{.time}}, reason TEXT NOT NULL, launched_by TEXT NOT NULL, created_at {{.time}} NOT NULL,
  updated_at {{.time}} NOT NULL, ended_at {{.time}}
);
CREATE INDEX runs_lead ON runs (lead_id, id);
CREATE INDEX runs_bot ON runs (bot_id, id);
CREATE INDEX runs_alive ON runs (workflow_id) WHERE ended_at IS NULL;
CREATE INDEX runs_bot_alive ON runs (bot_id) WHERE ended_at IS NULL;
CREATE TABLE step_visits (
  run_id BIGINT NOT NULL REFERENCES runs (id), number INTEGER NOT NULL, step TEXT NOT NULL, kind TEXT NOT NULL, exit TEXT NOT NULL, detail {{.json}} NOT NULL,
  entered_at {{.time}} NOT NULL, left_at {{.time}}, PRIMARY KEY (run_id, number)
);
-- What an effect of a run did; a repeated attempt reads it here instead of doing it again.
CREATE TABLE effects (
  run_id BIGINT NOT NULL, visit INTEGER NOT NULL, ordinal INTEGER NOT NULL, mark TEXT NOT NULL, result {{.json}}, created_at {{.time}} NOT NULL,
  PRIMARY KEY (run_id, visit, ordinal, mark)
);

CREATE TABLE events (
  id {{.pk}}, tx BIGINT NOT NULL DEFAULT 0, type TEXT NOT NULL, entity_type TEXT NOT NULL, entity_id BIGINT NOT NULL, lead_id BIGINT NOT NULL, chat_id TEXT NOT NULL,
  actor_kind TEXT NOT NULL, actor_id BIGINT NOT NULL, before {{.json}}, after {{.json}}, created_at {{.time}} NOT NULL
);
CREATE INDEX events_order ON events (tx, id);
CREATE INDEX events_lead ON events (lead_id, id);
CREATE INDEX events_entity ON events (entity_type, entity_id, id);
CREATE TABLE cursors (name TEXT PRIMARY KEY, tx BIGINT NOT NULL, event_id BIGINT NOT NULL, updated_at {{.time}} NOT NULL);
-- Mail to conversations. It is kept for a while after it was sent, so that it can be sent again when Temporal's data
-- was set back (power loss, restored backup); a conversation drops what it has seen.
CREATE TABLE mail (
  seq {{.pk}}, workflow_id TEXT NOT NULL, signal TEXT NOT NULL, payload {{.json}} NOT NULL, created_at {{.time}} NOT NULL, sent_at {{.time}}
);
CREATE INDEX mail_unsent ON mail (workflow_id, seq) WHERE sent_at IS NULL;
CREATE INDEX mail_sent ON mail (sent_at);
