-- One row that is written to find out whether the database takes writes.
CREATE TABLE heartbeat (id INTEGER PRIMARY KEY, at {{.time}} NOT NULL);
