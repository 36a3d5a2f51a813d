-- The holder of an API token, by its hash, and the reason if the token gives no access. Changes nothing, so that a replica can serve it.
SELECT
    t.id AS token_id,
    t.org_id,
    t.kind,
    t.name,
    t.user_id,
    t.agent_id,
    t.permissions,
    t.expires_at,
    o.status AS organization_status,
    a.status AS agent_status,
    CASE
        WHEN t.revoked_at IS NOT NULL THEN 'revoked'
        WHEN t.expires_at <= now() THEN 'expired'
        WHEN t.allowed_networks <> '{}' AND NOT coalesce(:ip::text::inet <<= ANY (t.allowed_networks), false) THEN 'network'
        WHEN o.deleted_at IS NOT NULL OR o.status = 'cancelled' THEN 'organization'
        WHEN u.deleted_at IS NOT NULL OR u.status IN ('suspended', 'deactivated') THEN 'user'
        WHEN a.deleted_at IS NOT NULL THEN 'agent'
    END AS refusal
FROM memdb.tokens AS t
JOIN memdb.organizations AS o ON o.id = t.org_id
LEFT JOIN memdb.users AS u ON u.org_id = t.org_id AND u.id = t.user_id
LEFT JOIN memdb.agents AS a ON a.org_id = t.org_id AND a.id = t.agent_id
WHERE t.org_id = :org_id::memdb.tenant
    AND t.hash = decode(:hash::text, 'hex')
