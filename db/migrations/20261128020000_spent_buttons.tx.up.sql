-- A question's quick replies are spent when the visit that asked has left its wait.
ALTER TABLE messages ADD COLUMN visit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN spent_at {{.time}};
ALTER TABLE messages ADD COLUMN chosen TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN edit_at {{.time}};
ALTER TABLE messages ADD COLUMN edit_tries INTEGER NOT NULL DEFAULT 0;
-- Questions from before are spent, but for those at which a run still stands: a quick reply's id begins with run and visit.
UPDATE messages SET visit = 1, spent_at = updated_at WHERE run_id <> 0 AND CAST(buttons AS TEXT) LIKE '%"id"%';
UPDATE messages SET spent_at = NULL, visit = (SELECT runs.visit FROM runs WHERE runs.id = messages.run_id)
WHERE visit > 0 AND EXISTS (SELECT 1 FROM runs WHERE runs.id = messages.run_id AND runs.ended_at IS NULL AND runs.hold <> 'stop'
  AND CAST(messages.buttons AS TEXT) LIKE '%"' || CAST(runs.id AS TEXT) || '.' || CAST(runs.visit AS TEXT) || '.%');
-- What is live, and what a provider has to be told; few at any time.
CREATE INDEX messages_live ON messages (run_id) WHERE visit > 0 AND spent_at IS NULL;
CREATE INDEX messages_edit ON messages (edit_at) WHERE edit_at IS NOT NULL;
