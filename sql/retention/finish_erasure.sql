-- Finishes the erasure in progress. If the organization continues to exist, adds an entry to its audit log.
WITH finished AS (
    UPDATE memdb.erasures AS e
    SET finished_at = now()
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.user_id IS NOT DISTINCT FROM :user_id::uuid
        AND e.finished_at IS NULL
    RETURNING e.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        f.org_id,
        :actor::text,
        'user.erased',
        'user',
        f.user_id::text,
        f.rows
    FROM finished AS f
    WHERE f.user_id IS NOT NULL
)
SELECT
    e.id,
    e.org_id,
    e.user_id,
    e.rows,
    e.erased_by,
    e.begun_at,
    e.finished_at
FROM finished AS e
