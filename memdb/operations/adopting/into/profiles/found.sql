-- What is in memdb of the profiles of these users, deleted ones too.
SELECT
    g.number,
    p.document,
    p.deleted_at IS NOT NULL AS is_deleted
FROM unnest(:user_ids::uuid[]) WITH ORDINALITY AS g (user_id, number)
JOIN memdb.profiles AS p ON p.org_id = :org_id::memdb.tenant AND p.user_id = g.user_id
