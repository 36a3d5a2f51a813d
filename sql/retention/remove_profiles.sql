-- Removes the profiles of some users for good, with their versions, less what was not deleted before the time given, if any.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT p.user_id
    FROM memdb.profiles AS p
    WHERE p.org_id = :org_id::memdb.tenant
        AND p.user_id = ANY (:user_ids::uuid[])
        AND (:before::timestamptz IS NULL OR p.deleted_at < :before)
    ORDER BY p.user_id
    FOR UPDATE
),
profile_versions AS (
    DELETE FROM memdb.profile_versions AS t
    WHERE t.org_id = :org_id
        AND t.user_id = ANY (ARRAY(SELECT d.user_id FROM doomed AS d))
    RETURNING t.user_id
),
profiles AS (
    DELETE FROM memdb.profiles AS t
    WHERE t.org_id = :org_id
        AND t.user_id = ANY (ARRAY(SELECT d.user_id FROM doomed AS d))
    RETURNING t.user_id
)
SELECT
    'profiles' AS table_name,
    (SELECT count(*) FROM profiles) AS rows
UNION ALL
SELECT
    'profile_versions',
    (SELECT count(*) FROM profile_versions)
