-- The tenant's API tokens, including revoked ones, newest first, from a keyset cursor.
-- not null: allowed_networks
SELECT
    t.id,
    t.kind,
    t.user_id,
    t.agent_id,
    t.name,
    t.description,
    t.prefix,
    t.permissions,
    t.allowed_networks::text[] AS allowed_networks,
    t.expires_at,
    t.created_by,
    t.created_at,
    t.revoked_at,
    t.revoked_by,
    t.revoke_reason,
    u.last_used_at,
    host(u.last_used_ip) AS last_used_ip
FROM memdb.tokens AS t
JOIN memdb.token_uses AS u ON u.org_id = t.org_id AND u.token_id = t.id
WHERE t.org_id = :org_id::memdb.tenant
    AND u.org_id = :org_id
    AND (:user_id::uuid IS NULL OR t.user_id = :user_id)
    AND (:agent_id::uuid IS NULL OR t.agent_id = :agent_id)
    AND (:before::uuid IS NULL OR t.id < :before)
ORDER BY t.id DESC
LIMIT :limit::int
