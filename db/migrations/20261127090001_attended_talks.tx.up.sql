-- A person of ours answers the client, without having taken over: a bot that launches when none is running keeps still.
ALTER TABLE talks ADD COLUMN attended {{.bool}} NOT NULL DEFAULT false;
