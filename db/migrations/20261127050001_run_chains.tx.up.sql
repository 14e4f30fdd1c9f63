-- How far a run is from what came from outside: depth counts the runs that wait for it, hops the launches in a row.
ALTER TABLE runs ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN hops INTEGER NOT NULL DEFAULT 0;
