-- The items in some namespaces, without those below them, first put first, from a keyset cursor.
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
    i.expires_at,
    i.time_to_live
FROM (
    SELECT DISTINCT memdb.path_of(ARRAY(SELECT jsonb_array_elements_text(n.place -> 'namespace'))) AS path
    FROM unnest(:place::jsonb[]) AS n (place)
    OFFSET 0
) AS g
CROSS JOIN LATERAL (
    SELECT *
    FROM memdb.items AS o
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.path = g.path
        AND coalesce(o.expires_at > now(), true)
        AND (:after_updated_at::timestamptz IS NULL OR (o.updated_at, o.id) > (:after_updated_at, :after_id::uuid))
    OFFSET 0
) AS i
ORDER BY i.updated_at, i.id
LIMIT :limit::int
