-- The receipts of erasures across organizations, newest first, from a keyset cursor.
SELECT
    e.id,
    e.org_id,
    e.user_id,
    e.rows,
    e.erased_by,
    e.begun_at,
    e.finished_at
FROM memdb.erasures AS e
WHERE (:of_org_id::uuid IS NULL OR e.org_id = :of_org_id)
    AND (:before::uuid IS NULL OR e.id < :before)
ORDER BY e.id DESC
LIMIT :limit::int
