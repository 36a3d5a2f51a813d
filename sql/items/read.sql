-- Items by namespace and key. `number` is the place of each in the input.
-- not null: number, id, namespace, key, value, created_at, updated_at
WITH found AS MATERIALIZED (
    SELECT
        g.number,
        i.*
    FROM (
        SELECT
            memdb.path_of(ARRAY(SELECT jsonb_array_elements_text(p.place -> 'namespace'))) AS path,
            p.place ->> 'key' AS key,
            p.number
        FROM unnest(:place::jsonb[]) WITH ORDINALITY AS p (place, number)
        -- OFFSET 0 computes the path before it is compared: under row-level security, an index is not searched for the result of a function
        -- of a row.
        OFFSET 0
    ) AS g
    CROSS JOIN LATERAL (
        SELECT *
        FROM memdb.items AS o
        WHERE o.org_id = :org_id::memdb.tenant
            AND o.path = g.path
            AND o.key = g.key
            AND (:ended::boolean OR coalesce(o.expires_at > now(), true))
        LIMIT 1
    ) AS i
)
SELECT
    f.number,
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
ORDER BY f.number
