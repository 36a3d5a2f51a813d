-- The transcripts of a namespace, last updated first, from a keyset cursor.
SELECT
    t.external_id AS id,
    t.namespace,
    t.id AS key,
    t.agent_id,
    t.user_id,
    t.scope,
    t.length,
    t.head_id,
    t.branches,
    t.revision,
    t.state AS state_text,
    t.created_at,
    t.updated_at
FROM memdb.transcripts AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.namespace = :namespace::text
    AND (:before_key::uuid IS NULL OR (t.updated_at, t.id) < (:before_updated_at::timestamptz, :before_key))
ORDER BY t.updated_at DESC, t.id DESC
LIMIT :limit::int
