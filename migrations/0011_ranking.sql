-- depends: 0010_search
-- Ranking: a plan for any values, from the first search on.

-- As in 0010_search. Where the values do not matter, planning for them takes about a third of a search of a small scope; and PostgreSQL would
-- do so for every agent that has fewer memories than most, because it takes the plan for any values to be dearer.
CREATE OR REPLACE FUNCTION memdb.plan_for_values(wanted boolean) RETURNS boolean
LANGUAGE sql VOLATILE
RETURN pg_catalog.set_config('plan_cache_mode', CASE WHEN wanted THEN 'force_custom_plan' ELSE 'force_generic_plan' END, true) IS NOT NULL;

COMMENT ON SCHEMA memdb IS 'memdb 0011_ranking';
