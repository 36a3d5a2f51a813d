-- The checkpoints of a live thread's namespace, greatest id first, from a keyset cursor.
-- not null: thread_id, namespace, id, versions, metadata, plain, state, created_at, channels, types, data, task_ids
WITH RECURSIVE thread AS MATERIALIZED (
    SELECT
        t.id,
        t.external_id
    FROM memdb.threads AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.external_id = :thread_id::text
        AND t.deleted_at IS NULL
),
-- Fetches them one after the other by the key: if threads are short on average, the planner would sort all of a long thread's checkpoints.
place AS (
    SELECT
        t.id AS thread_key,
        t.external_id,
        coalesce(:before_id::text, chr(1114111)) COLLATE "C" AS id,
        0 AS number
    FROM thread AS t
    UNION ALL
    SELECT
        p.thread_key,
        p.external_id,
        n.id,
        p.number + 1
    FROM place AS p
    CROSS JOIN LATERAL (
        SELECT c.id
        FROM memdb.thread_checkpoints AS c
        WHERE c.org_id = :org_id
            AND c.thread_id = p.thread_key
            AND c.namespace = :namespace::text
            AND c.id < p.id
            AND (:metadata::jsonb IS NULL OR c.metadata @> :metadata)
        ORDER BY c.id DESC
        LIMIT 1
    ) AS n
    WHERE p.number < :limit::int
)
SELECT
    p.external_id AS thread_id,
    c.namespace,
    c.id,
    c.parent_id,
    c.versions,
    c.metadata,
    c.plain,
    c.state,
    c.created_at,
    v.channels,
    v.types,
    v.data,
    w.task_ids,
    w.channels,
    w.types,
    w.data
FROM place AS p
CROSS JOIN LATERAL (
    SELECT *
    FROM memdb.thread_checkpoints AS c
    WHERE c.org_id = :org_id
        AND c.thread_id = p.thread_key
        AND c.namespace = :namespace
        AND c.id = p.id
    LIMIT 1
) AS c
CROSS JOIN LATERAL memdb.values_of_checkpoint(:org_id, p.thread_key, c.namespace, c.versions) AS v
CROSS JOIN LATERAL memdb.writes_of_checkpoint(:org_id, p.thread_key, c.namespace, c.id) AS w
WHERE p.number > 0
ORDER BY p.number
