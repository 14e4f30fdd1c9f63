-- Of triggers that match the same event the one of the smallest priority counts; one that stands alongside is not asked.
ALTER TABLE triggers ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
ALTER TABLE triggers ADD COLUMN alongside {{.bool}} NOT NULL DEFAULT false;
UPDATE triggers SET priority = id;
