-- depends: 0021_insights
-- The formulas by which knowledge is scored, each once. Times come in as days before the question, so that they are the same whenever they are
-- worked out. They are those of the memory systems that memdb brings together; docs/knowledge.md says what each is for.

CREATE FUNCTION memdb.days_between(earlier timestamptz, later timestamptz) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN extract(epoch FROM later - earlier)::float8 / 86400;

-- What is left of 1 after `days`, if a half goes in each `half_life`; NULL for NULL. No further than 2^-1000: beyond that a float has no room.
CREATE FUNCTION memdb.half_life_decay(days double precision, half_life double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN days > 0 THEN power(0.5::float8, least(days / half_life, 1000)) WHEN days <= 0 THEN 1 END;

-- The confidence in what nobody has confirmed for so many days: 5 % less each week, 0.1 at the least.
CREATE FUNCTION memdb.effective_confidence(confidence double precision, days double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(0.1::float8, confidence * power(0.95::float8, least(greatest(days, 0) / 7, 10000)));

-- Importance as use shows it, 0.05 to 3: more for what is often and was lately retrieved (`days` before; NULL means never), less by a fifth for
-- each correction up to five, more for what an insight stands on.
CREATE FUNCTION memdb.dynamic_importance(
    importance double precision, retrievals integer, days double precision, corrections integer, supports_insight boolean
) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(0.05::float8, least(3::float8,
    importance
    * (1 + 0.3::float8 * ln(1 + retrievals::float8) / ln(11::float8) + 0.2::float8 * coalesce(memdb.half_life_decay(days, 7), 0))
    * power(0.8::float8, least(corrections, 5))
    * CASE WHEN supports_insight THEN 1.3::float8 ELSE 1 END
));

-- How much life is in a fact that still holds, 0 to 0.9: by how often it was retrieved (ten times counts fully), how lately (`days`; of what was
-- never retrieved, by its age and more slowly), how sure it is, how often it was confirmed (five times counts fully), less by a fifth for each
-- correction.
CREATE FUNCTION memdb.vitality(
    retrievals integer,
    days double precision,
    age double precision,
    confidence double precision,
    confirmations integer,
    corrections integer
) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    0.3::float8 * least(1::float8, ln(1 + retrievals::float8) / ln(11::float8))
    + 0.25::float8 * coalesce(memdb.half_life_decay(days, 30), memdb.half_life_decay(age, 90))
    + 0.2::float8 * confidence
    + 0.15::float8 * least(1::float8, confirmations / 5::float8)
) * power(0.8::float8, least(corrections, 1000));

-- When upkeep last strengthened or weakened it.
ALTER TABLE memdb.edges ADD COLUMN aged_at timestamptz;

GRANT UPDATE (aged_at) ON memdb.edges TO memdb_app;

COMMENT ON SCHEMA memdb IS 'memdb 0022_scoring';
