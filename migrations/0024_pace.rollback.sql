CREATE STATISTICS memdb.entity_aliases_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.entity_aliases;

ALTER FUNCTION memdb.assert_facts(uuid, uuid, text, text, memdb.assertion[]) RESET plan_cache_mode;

CREATE OR REPLACE FUNCTION memdb.days_between(earlier timestamptz, later timestamptz) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN extract(epoch FROM later - earlier)::float8 / 86400;

COMMENT ON SCHEMA memdb IS 'memdb 0023_profiles';
