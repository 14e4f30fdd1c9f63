-- What each conversation that lives must not forget. It is written with every change that the conversation makes; its
-- stamp tells whether the conversation that comes next to write is the one that wrote last.
CREATE TABLE conversations (
  workflow_id TEXT PRIMARY KEY,
  stamp TEXT NOT NULL,
  state TEXT NOT NULL,
  updated_at {{.time}} NOT NULL
);
-- From now on mail to conversations that is here is what no state knows of. What was sent before was handled long ago.
DELETE FROM mail WHERE sent_at IS NOT NULL AND signal <> 'deliver';
CREATE INDEX runs_overdue ON runs (waiting_until) WHERE ended_at IS NULL;
