-- Replaces only the value of an item that exists and has not expired. No row means that there is none.
UPDATE memdb.items AS i
SET
    updated_at = greatest(i.updated_at, now()),
    value = coalesce(:value::jsonb -> 'value', 'null'),
    letters = :letters::text
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id::memdb.tenant
    AND i.org_id = :org_id
    AND i.path = memdb.path_of(:namespace::text[])
    AND i.key = :key::text
    AND coalesce(i.expires_at > now(), true)
RETURNING
    i.created_at,
    i.updated_at,
    i.expires_at
