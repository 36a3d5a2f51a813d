-- The items in a namespace and all below it, last put first, from a keyset cursor or an offset. One index has the items of each namespace
-- in this order, another all items; those of several namespaces are sorted.
-- not null: id, namespace, key, value, created_at, updated_at
WITH asked AS MATERIALIZED (
    SELECT
        (
            SELECT i.path
            FROM memdb.items AS i
            WHERE i.org_id = :org_id::memdb.tenant
                AND i.path >= memdb.path_of(:prefix::text[])
                AND i.path < memdb.path_after(:prefix)
            ORDER BY i.path
            LIMIT 1
        ) AS first,
        (
            SELECT i.path
            FROM memdb.items AS i
            WHERE i.org_id = :org_id
                AND i.path >= memdb.path_of(:prefix)
                AND i.path < memdb.path_after(:prefix)
            ORDER BY i.path DESC
            LIMIT 1
        ) AS last,
        coalesce(:before_updated_at::timestamptz, 'infinity') AS until,
        memdb.equalities_of(:filter::jsonb) AS equalities,
        memdb.filter_path(:filter) AS filter
    WHERE :plan_for_values::memdb.planned_for_values IS NOT NULL
),
found AS MATERIALIZED (
    SELECT s.*
    FROM asked AS a
    CROSS JOIN LATERAL (
        (
            SELECT i.*
            FROM memdb.items AS i
            WHERE a.first = a.last
                AND i.org_id = :org_id
                AND i.path = a.first
                -- Without this condition, the planner does not use items_of_namespace. In items_by_update, which covers all namespaces, it
                -- does not bound the range.
                AND (i.updated_at > '-infinity' OR i.updated_at = 'infinity')
                AND (i.updated_at, i.id) < (a.until, :before_id::uuid)
                AND memdb.is_shown(i, :ended::boolean, a.equalities, a.filter)
            -- The path is constant here, but tells the planner that items_by_update does not provide this order.
            ORDER BY i.path DESC, i.updated_at DESC, i.id DESC
            LIMIT :offset::bigint + :limit::int
        )
        UNION ALL
        (
            SELECT i.*
            FROM memdb.items AS i
            WHERE a.first <> a.last
                AND :prefix <> '{}'
                AND i.org_id = :org_id
                AND i.path >= memdb.path_of(:prefix)
                AND i.path < memdb.path_after(:prefix)
                AND (i.updated_at, i.id) < (a.until, :before_id)
                AND memdb.is_shown(i, :ended, a.equalities, a.filter)
            ORDER BY i.updated_at DESC, i.id DESC
            LIMIT :offset + :limit
        )
        UNION ALL
        (
            SELECT i.*
            FROM memdb.items AS i
            WHERE a.first <> a.last
                AND :prefix = '{}'
                AND i.org_id = :org_id
                AND (i.updated_at, i.id) < (a.until, :before_id)
                AND memdb.is_shown(i, :ended, a.equalities, a.filter)
            ORDER BY i.updated_at DESC, i.id DESC
            LIMIT :offset + :limit
        )
    ) AS s
    ORDER BY s.updated_at DESC, s.id DESC
    OFFSET :offset
    LIMIT :limit
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
