-- The holder of an API token, by its hash, and the reason if the token gives no access. Records the last use of a valid token, at most once
-- a minute, and only if that does not have to wait.
-- not null: token_id, org_id, kind, name, permissions, organization_status
WITH holder AS MATERIALIZED (
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
),
used AS (
    UPDATE memdb.token_uses AS u
    SET
        last_used_at = now(),
        last_used_ip = :ip::inet
    WHERE u.org_id = :org_id
        AND u.token_id = (
            SELECT due.token_id
            FROM memdb.token_uses AS due
            WHERE due.org_id = :org_id
                AND due.token_id = (SELECT h.token_id FROM holder AS h WHERE h.refusal IS NULL)
                AND (due.last_used_at IS NULL OR due.last_used_at < now() - interval '1 minute')
            FOR UPDATE SKIP LOCKED
        )
)
SELECT
    h.token_id,
    h.org_id,
    h.kind,
    h.name,
    h.user_id,
    h.agent_id,
    h.permissions,
    h.expires_at,
    h.organization_status,
    h.agent_status,
    h.refusal
FROM holder AS h
