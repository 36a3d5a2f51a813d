-- The items in a namespace and all below it, the last put first, from a keyset cursor or an offset.
-- not null: id, namespace, key, value, created_at, updated_at
WITH found AS MATERIALIZED (
    SELECT i.*
    FROM memdb.items AS i
    WHERE i.org_id = :org_id::memdb.tenant
        AND i.path >= memdb.path_of(:prefix::text[])
        AND i.path < memdb.path_after(:prefix)
        AND (:ended::boolean OR coalesce(i.expires_at > now(), true))
        AND (:filter::jsonb IS NULL OR memdb.matches(i.value, (SELECT memdb.filter_path(:filter))))
        AND (:before_updated_at::timestamptz IS NULL OR (i.updated_at, i.id) < (:before_updated_at, :before_id::uuid))
        AND :plan_for_values::memdb.planned_for_values IS NOT NULL
    ORDER BY i.updated_at DESC, i.id DESC
    OFFSET :offset::bigint
    LIMIT :limit::int
)
SELECT
    f.id,
    f.namespace,
    f.key,
    CASE WHEN f.letters IS NULL THEN f.value END AS value,
    f.letters,
    f.agent_id,
    f.user_id,
    f.created_at,
    f.updated_at,
    coalesce(r.expires_at, f.expires_at) AS expires_at,
    f.time_to_live
FROM found AS f
LEFT JOIN memdb.refresh_items(
    :org_id, ARRAY(SELECT t.id FROM found AS t WHERE :refresh::boolean AND t.time_to_live IS NOT NULL)
) AS r ON r.id = f.id
ORDER BY f.updated_at DESC, f.id DESC
