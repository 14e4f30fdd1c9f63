-- The words by which people look for cards, folded by the program because SQLite folds only ASCII. A word is found by
-- its beginning through the index, so it is compared byte by byte on both databases.
CREATE TABLE search_terms (
  entity_type TEXT NOT NULL, entity_id BIGINT NOT NULL, kind TEXT NOT NULL, term {{.bytewise}} NOT NULL,
  PRIMARY KEY (entity_type, entity_id, kind, term)
);
CREATE INDEX search_terms_term ON search_terms (entity_type, term, entity_id);
