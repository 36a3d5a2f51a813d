-- The checkpoint with the greatest id in a live thread's namespace, with its values and the writes for the step after it.
-- not null: thread_id, namespace, id, versions, metadata, plain, state, created_at, channels, types, data, task_ids
SELECT
    c.external_id AS thread_id,
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
FROM (
    SELECT
        t.external_id,
        t.id AS thread_key,
        c.namespace,
        c.id,
        c.parent_id,
        c.versions,
        c.metadata,
        c.plain,
        c.state,
        c.created_at
    FROM memdb.threads AS t
    CROSS JOIN LATERAL (
        SELECT *
        FROM memdb.thread_checkpoints AS c
        WHERE c.org_id = :org_id::memdb.tenant
            AND c.thread_id = t.id
            AND c.namespace = :namespace::text
        ORDER BY c.id DESC
        LIMIT 1
    ) AS c
    WHERE t.org_id = :org_id
        AND t.external_id = :thread_id::text
        AND t.deleted_at IS NULL
) AS c
CROSS JOIN LATERAL memdb.values_of_checkpoint(:org_id, c.thread_key, c.namespace, c.versions) AS v
CROSS JOIN LATERAL memdb.writes_of_checkpoint(:org_id, c.thread_key, c.namespace, c.id) AS w
