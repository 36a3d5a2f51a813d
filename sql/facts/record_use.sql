-- Counts a retrieval of each fact, for each time that its id is given. Skips ids that are not the tenant's. Returns how many facts were
-- counted.
-- No changed column is indexed.
-- not null: count
WITH used AS MATERIALIZED (
    SELECT
        f.id,
        cardinality(array_positions(:ids::uuid[], f.id)) AS times
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = ANY (:ids)
        AND f.deleted_at IS NULL
    -- Locked in the order of the ids, so that concurrent runs do not deadlock.
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
