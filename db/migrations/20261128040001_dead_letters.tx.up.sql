-- Mail that nobody can read: it would hold up what comes behind it for ever. It is kept for a person to look at.
CREATE TABLE dead_letters (
  seq BIGINT PRIMARY KEY,
  workflow_id TEXT NOT NULL,
  signal TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at {{.time}} NOT NULL,
  reason TEXT NOT NULL,
  died_at {{.time}} NOT NULL
);
