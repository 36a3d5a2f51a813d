-- Deletes a batch of expired items and returns their number. Skips items under a legal hold and items that are being written.
-- not null: items
WITH expired AS MATERIALIZED (
    SELECT i.id
    FROM memdb.writable_organizations AS w, memdb.items AS i
    WHERE w.org_id = :org_id::memdb.tenant
        AND i.org_id = :org_id
        AND i.expires_at <= now()
        AND NOT EXISTS (
            SELECT FROM memdb.legal_holds AS h
            WHERE h.org_id = :org_id
                AND h.released_at IS NULL
                AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = i.user_id OR h.agent_id = i.agent_id)
        )
    ORDER BY i.expires_at
    LIMIT :limit::int
    FOR UPDATE OF i SKIP LOCKED
),
removed AS (
    DELETE FROM memdb.items AS i
    WHERE i.org_id = :org_id
        AND i.id = ANY (ARRAY(SELECT e.id FROM expired AS e))
    RETURNING i.id
)
SELECT count(*) AS items
FROM removed
