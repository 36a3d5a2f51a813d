-- For statements of any tenant, until the end of the transaction: the planner has no statistics yet for a tenant whose rows are just
-- arriving, and would look for each of them among all.
SET LOCAL plan_cache_mode = force_generic_plan
