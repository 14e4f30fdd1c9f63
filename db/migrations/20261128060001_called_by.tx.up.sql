-- Which attempt has the message at its provider: what another one learns late must not be taken for its outcome.
ALTER TABLE messages ADD COLUMN called_by text NOT NULL DEFAULT '';
