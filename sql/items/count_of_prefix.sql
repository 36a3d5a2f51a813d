-- How many items are in a namespace and all below it.
-- not null: count
SELECT count(*) AS count
FROM memdb.items AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND i.path >= memdb.path_of(:prefix::text[])
    AND i.path < memdb.path_after(:prefix)
    AND (:ended::boolean OR coalesce(i.expires_at > now(), true))
    AND (:filter::jsonb IS NULL OR memdb.matches(i.value, (SELECT memdb.filter_path(:filter))))
