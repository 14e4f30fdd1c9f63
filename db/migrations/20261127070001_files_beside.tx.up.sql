-- The bytes of files lie beside the database. A row without a blob is an older one that still holds them itself, in
-- content; it is moved out in the background.
ALTER TABLE files ADD COLUMN blob TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN hash TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN channel_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN network TEXT NOT NULL DEFAULT '';
-- arriving: the bytes are on their way, and their room is taken already.
ALTER TABLE files ADD COLUMN arriving {{.bool}} NOT NULL DEFAULT FALSE;
-- loose: no message and no bot has named the file yet.
ALTER TABLE files ADD COLUMN loose {{.bool}} NOT NULL DEFAULT FALSE;
-- What came in a day is counted by these; size is in them so that no row is read.
CREATE INDEX files_owner ON files (chat_id, created_at, size);
CREATE INDEX files_network ON files (network, created_at, size) WHERE network <> '';
CREATE INDEX files_channel ON files (channel_id, created_at, size) WHERE channel_id <> 0;
CREATE INDEX files_loose ON files (created_at, channel_id, size) WHERE loose;
CREATE INDEX files_inside ON files (id) WHERE blob = '';
-- Blobs that no row names any more, or that never got their row; each is deleted, and then its line here.
CREATE TABLE file_trash (blob TEXT PRIMARY KEY, created_at {{.time}} NOT NULL);
