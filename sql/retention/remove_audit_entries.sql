-- Removes entries of the audit log for good, and says how many.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT l.id
    FROM memdb.audit_log AS l
    WHERE l.org_id = :org_id::memdb.tenant
    ORDER BY l.id
    LIMIT :limit::int
),
audit_log AS (
    DELETE FROM memdb.audit_log AS t
    USING doomed AS d
    WHERE t.org_id = :org_id
        AND t.id = d.id
    RETURNING t.id
)
SELECT
    'audit_log' AS table_name,
    count(*) AS rows
FROM audit_log
