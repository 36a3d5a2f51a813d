DROP FUNCTION memdb.memories_by_words(
    uuid, tsquery, tsquery, integer, uuid, uuid, text, text[], jsonb, timestamptz, timestamptz, timestamptz, text
);

DROP FUNCTION memdb.telling(tsquery[], double precision[], double precision, double precision);

DROP FUNCTION memdb.words_worth(tsquery[], double precision[], double precision);

COMMENT ON SCHEMA memdb IS 'memdb 0045_lighter_writes';
