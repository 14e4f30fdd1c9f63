-- The client's message that pulled the run's trigger; it pulls no trigger twice.
ALTER TABLE runs ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
