-- An agent's merges, newest first, from a keyset cursor.
SELECT
    m.id,
    m.agent_id,
    m.merged_id,
    m.into_id,
    m.reason,
    m.facts,
    m.edges,
    m.aliases,
    m.mentions,
    m.merged_at,
    m.merged_by,
    m.undone_at,
    m.undone_by
FROM memdb.entity_merges AS m
WHERE m.org_id = :org_id::memdb.tenant
    AND m.agent_id = :agent_id::uuid
    AND (:before::uuid IS NULL OR m.id < :before)
ORDER BY m.id DESC
LIMIT :limit::int
