CREATE OR REPLACE FUNCTION memdb.plan_for_values(wanted boolean) RETURNS boolean
LANGUAGE sql VOLATILE
RETURN NOT wanted OR pg_catalog.set_config('plan_cache_mode', 'force_custom_plan', true) IS NOT NULL;

COMMENT ON SCHEMA memdb IS 'memdb 0010_search';
