DROP FUNCTION memdb.question(text, text);

DROP FUNCTION memdb.query_of(text);

DROP FUNCTION memdb.words_of_day(text, timestamptz);

DROP FUNCTION memdb.words(text, text, boolean);

DROP FUNCTION memdb.identifiers(text);

DROP FUNCTION memdb.spaced(text, boolean);

DROP FUNCTION memdb.lowered(text);

ALTER TABLE memdb.organizations DROP COLUMN language;

COMMENT ON SCHEMA memdb IS 'memdb 0007_retention';
