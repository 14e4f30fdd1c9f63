-- What bots send to services and nobody may read again, sealed with the operator's key.
CREATE TABLE secrets (
  name {{.bytewise}} PRIMARY KEY, sealed {{.blob}} NOT NULL, updated_by BIGINT NOT NULL, created_at {{.time}} NOT NULL, updated_at {{.time}} NOT NULL
);
