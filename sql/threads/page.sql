-- The tenant's live threads, newest first, from a keyset cursor.
SELECT
    t.external_id AS id,
    t.id AS key,
    t.agent_id,
    t.user_id,
    t.created_at
FROM memdb.threads AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.deleted_at IS NULL
    AND (:before::uuid IS NULL OR t.id < :before)
ORDER BY t.id DESC
LIMIT :limit::int
