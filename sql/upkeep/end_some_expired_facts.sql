-- Ends a batch of active facts whose time to live is over, as of that time, and the edges whose evidence they are. Skips facts of agents
-- that take no writes, and those being changed concurrently, so that concurrent sweeps end each fact once. Returns their number. No row
-- means that there is no such organization.
-- not null: count
WITH expired AS MATERIALIZED (
    SELECT f.id
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.expires_at <= now()
        AND f.status = 'active'
        AND f.deleted_at IS NULL
        AND f.agent_id = ANY (ARRAY(
            SELECT a.id FROM memdb.agents AS a
            WHERE a.org_id = :org_id
                AND a.deleted_at IS NULL
                AND a.status NOT IN ('suspended', 'archived')
        ))
    ORDER BY f.expires_at
    LIMIT :limit::int
    FOR NO KEY UPDATE SKIP LOCKED
),
ended AS (
    UPDATE memdb.facts AS f
    SET
        status = memdb.next_fact_status(f.status, 'invalidated'),
        held_until = f.valid_until,
        valid_until = greatest(f.valid_from, least(f.valid_until, f.expires_at)),
        invalidated_at = greatest(f.ingested_at, now()),
        updated_at = greatest(f.updated_at, now()),
        version = f.version + 1
    WHERE f.org_id = :org_id
        AND f.id = ANY (ARRAY(SELECT e.id FROM expired AS e))
    RETURNING f.*
),
shown AS (
    UPDATE memdb.edges AS e
    SET
        invalidated_at = f.invalidated_at,
        updated_at = greatest(e.updated_at, now()),
        version = e.version + 1
    FROM ended AS f
    WHERE e.org_id = :org_id
        AND e.fact_id = f.id
        AND e.invalidated_at IS NULL
)
SELECT (SELECT count(*) FROM ended) AS count
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id
