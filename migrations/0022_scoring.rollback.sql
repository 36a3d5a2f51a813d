ALTER TABLE memdb.edges DROP COLUMN aged_at;

DROP FUNCTION memdb.vitality(integer, double precision, double precision, double precision, integer, integer);

DROP FUNCTION memdb.dynamic_importance(double precision, integer, double precision, integer, boolean);

DROP FUNCTION memdb.effective_confidence(double precision, double precision);

DROP FUNCTION memdb.half_life_decay(double precision, double precision);

DROP FUNCTION memdb.days_between(timestamptz, timestamptz);

COMMENT ON SCHEMA memdb IS 'memdb 0021_insights';
