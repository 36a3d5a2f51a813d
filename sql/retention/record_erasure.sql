-- The receipt of an erasure, and where the organization goes on, an entry in its audit log.
WITH receipt AS (
    INSERT INTO memdb.erasures AS e (org_id, user_id, rows, erased_by)
    VALUES (
        :org_id::memdb.tenant,
        :user_id::uuid,
        :rows::jsonb,
        :actor::text
    )
    RETURNING e.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        o.id,
        :actor,
        'user.erase',
        'user',
        r.user_id::text,
        r.rows
    FROM receipt AS r
    JOIN memdb.organizations AS o ON o.id = r.org_id
    WHERE r.user_id IS NOT NULL
)
SELECT
    r.id,
    r.org_id,
    r.user_id,
    r.rows,
    r.erased_by,
    r.erased_at
FROM receipt AS r
