-- The answers to requests that carried an idempotency key, kept for a day.
CREATE TABLE kept_answers (
  owner TEXT NOT NULL,
  key {{.bytewise}} NOT NULL,
  request TEXT NOT NULL,
  status INTEGER NOT NULL,
  header {{.json}} NOT NULL,
  body {{.blob}},
  created_at {{.time}} NOT NULL,
  PRIMARY KEY (owner, key)
);
CREATE INDEX kept_answers_created_at ON kept_answers (created_at);
