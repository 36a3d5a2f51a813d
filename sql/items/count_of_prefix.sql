-- The number of items in a namespace and all below it.
-- not null: count
SELECT count(*) AS count
FROM memdb.items AS i
WHERE i.org_id = :org_id::memdb.tenant
    AND i.path >= memdb.path_of(:prefix::text[])
    AND i.path < memdb.path_after(:prefix)
    AND memdb.is_shown(i, :ended::boolean, (SELECT memdb.equalities_of(:filter::jsonb)), (SELECT memdb.filter_path(:filter)))
