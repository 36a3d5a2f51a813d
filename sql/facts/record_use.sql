-- Counts retrievals of facts, those that are given more than once as often; what is not the tenant's is left out. Says how many were counted.
-- None of what it changes is in an index.
-- not null: count
WITH used AS MATERIALIZED (
    SELECT
        f.id,
        cardinality(array_positions(:ids::uuid[], f.id)) AS times
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = ANY (:ids)
        AND f.deleted_at IS NULL
    -- In the order of their ids, so that two who count the same ones do not wait for each other.
    ORDER BY f.id
    FOR NO KEY UPDATE
),
counted AS (
    UPDATE memdb.facts AS f
    SET
        retrievals = f.retrievals + u.times,
        retrieved_at = greatest(f.retrieved_at, now())
    FROM used AS u
    WHERE f.org_id = :org_id
        AND f.id = u.id
    RETURNING f.id
)
SELECT count(*) AS count
FROM counted
