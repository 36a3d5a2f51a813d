-- The ancestors of a checkpoint (by default, the last one) of a live thread, nearest first, with the values of some channels there and what
-- was written to them after it. A channel is left out beyond the first ancestor that has its value, and an ancestor if all channels are.
-- not null: id, plain, channels, types, data, task_ids
WITH RECURSIVE thread AS MATERIALIZED (
    SELECT t.id
    FROM memdb.threads AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.external_id = :thread_id::text
        AND t.deleted_at IS NULL
),
ancestor AS (
    SELECT
        c.thread_id,
        c.id,
        c.parent_id,
        c.versions,
        c.plain,
        0 AS distance,
        -- No channel of the checkpoint itself is wanted.
        '{}'::text[] AS wanted,
        :channels::text[] AS missing
    FROM thread AS t
    JOIN memdb.thread_checkpoints AS c ON c.thread_id = t.id
    WHERE c.org_id = :org_id
        AND c.namespace = :namespace::text
        AND c.id = coalesce(
            :id::text,
            (
                SELECT max(l.id)
                FROM memdb.thread_checkpoints AS l
                WHERE l.org_id = :org_id
                    AND l.thread_id = (SELECT t.id FROM thread AS t)
                    AND l.namespace = :namespace
            )
        )
    UNION ALL
    SELECT
        c.thread_id,
        c.id,
        c.parent_id,
        c.versions,
        c.plain,
        a.distance + 1,
        a.missing,
        ARRAY(
            SELECT m.channel
            FROM unnest(a.missing) AS m (channel)
            WHERE coalesce(c.plain -> m.channel, 'null') = 'null'
                AND NOT EXISTS (
                    SELECT FROM memdb.thread_values AS v
                    WHERE v.org_id = :org_id
                        AND v.thread_id = c.thread_id
                        AND v.namespace = :namespace
                        AND v.channel = m.channel
                        AND v.version = c.versions ->> m.channel
                )
        )
    FROM ancestor AS a
    JOIN memdb.thread_checkpoints AS c ON c.thread_id = a.thread_id AND c.id = a.parent_id
    WHERE c.org_id = :org_id
        AND c.namespace = :namespace
        AND a.missing <> '{}'
        -- Guarantees termination, whatever the parents are.
        AND c.id < a.id
)
SELECT
    a.id,
    p.plain,
    v.channels,
    v.types,
    v.data,
    w.task_ids,
    w.channels,
    w.types,
    w.data
FROM ancestor AS a
CROSS JOIN LATERAL (
    SELECT
        coalesce(jsonb_object_agg(k.channel, a.versions -> k.channel) FILTER (WHERE a.versions ? k.channel), '{}') AS versions,
        coalesce(jsonb_object_agg(k.channel, a.plain -> k.channel) FILTER (WHERE coalesce(a.plain -> k.channel, 'null') <> 'null'), '{}') AS plain
    FROM unnest(a.wanted) AS k (channel)
) AS p
CROSS JOIN LATERAL memdb.values_of_checkpoint(:org_id, a.thread_id, :namespace, p.versions) AS v
CROSS JOIN LATERAL memdb.writes_of_checkpoint(:org_id, a.thread_id, :namespace, a.id, a.wanted) AS w
WHERE a.distance > 0
ORDER BY a.distance
