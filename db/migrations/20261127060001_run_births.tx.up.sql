-- A run's number may be handed out again after the database was set back to an older state; its birth never is. Runs from
-- before have none. The epoch is that of the run's workflow.
ALTER TABLE runs ADD COLUMN birth TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
