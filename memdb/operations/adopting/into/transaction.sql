-- For statements of any tenant, until the end of the transaction: the planner knows nothing yet of one whose rows are just coming, and
-- would look for each of them among all.
SET LOCAL plan_cache_mode = force_generic_plan
