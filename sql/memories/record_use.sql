-- Counts retrievals and injections of memories, in the order of their ids, and returns how many memories were counted. Skips ids that are
-- not the tenant's.
-- not null: count
WITH used AS (
    SELECT
        given.id,
        count(*) FILTER (WHERE given.retrieved) AS retrievals,
        count(*) FILTER (WHERE NOT given.retrieved) AS injections
    FROM (
        SELECT r.id, true AS retrieved FROM unnest(:retrieved::uuid[]) AS r (id)
        UNION ALL
        SELECT i.id, false FROM unnest(:injected::uuid[]) AS i (id)
    ) AS given
    GROUP BY given.id
),
counted AS (
    INSERT INTO memdb.memory_usage AS u (org_id, memory_id, retrievals, injections, last_retrieved_at, last_injected_at)
    SELECT
        m.org_id,
        m.id,
        used.retrievals,
        used.injections,
        CASE WHEN used.retrievals > 0 THEN now() END,
        CASE WHEN used.injections > 0 THEN now() END
    FROM used
    JOIN memdb.memories AS m ON m.org_id = :org_id::memdb.tenant AND m.id = used.id
    ORDER BY m.id
    ON CONFLICT (org_id, memory_id) DO UPDATE
        SET
            retrievals = u.retrievals + excluded.retrievals,
            injections = u.injections + excluded.injections,
            last_retrieved_at = greatest(u.last_retrieved_at, excluded.last_retrieved_at),
            last_injected_at = greatest(u.last_injected_at, excluded.last_injected_at)
    RETURNING u.memory_id
)
SELECT count(*) AS count
FROM counted
