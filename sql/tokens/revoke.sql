-- Revokes one API token, also of a suspended tenant. A token that is already revoked stays unchanged. No row means that there is none.
-- not null: revoked_at
WITH token AS MATERIALIZED (
    SELECT
        t.id,
        t.revoked_at
    FROM memdb.tokens AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.id = :id::uuid
    FOR NO KEY UPDATE
),
revoked AS (
    UPDATE memdb.tokens AS t
    SET
        revoked_at = now(),
        revoked_by = :actor::text,
        revoke_reason = :reason::text
    FROM token
    WHERE t.org_id = :org_id
        AND t.id = token.id
        AND token.revoked_at IS NULL
    RETURNING
        t.id,
        t.revoked_at
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor,
        'token.revoke',
        'token',
        r.id::text,
        jsonb_strip_nulls(jsonb_build_object('reason', :reason))
    FROM revoked AS r
)
SELECT coalesce(token.revoked_at, r.revoked_at) AS revoked_at
FROM token
LEFT JOIN revoked AS r ON r.id = token.id
