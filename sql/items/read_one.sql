-- An item by namespace and key. No row means that it does not exist or has expired.
-- not null: id, namespace, key, value, created_at, updated_at
SELECT
    i.id,
    i.namespace,
    i.key,
    CASE WHEN i.letters IS NULL THEN i.value END AS value,
    i.letters,
    i.agent_id,
    i.user_id,
    i.created_at,
    i.updated_at,
    coalesce(r.expires_at, i.expires_at) AS expires_at,
    i.time_to_live
FROM (
    SELECT *
    FROM memdb.items AS o
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.path = memdb.path_of(:namespace::text[])
        AND o.key = :key::text
        AND (:ended::boolean OR coalesce(o.expires_at > now(), true))
    LIMIT 1
) AS i
LEFT JOIN LATERAL memdb.refresh_items(
    :org_id, CASE WHEN :refresh::boolean AND i.time_to_live IS NOT NULL THEN ARRAY[i.id] ELSE '{}' END
) AS r ON true
