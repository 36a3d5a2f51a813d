-- A checkpoint of a live thread, with its values and the writes for the step after it.
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
    JOIN memdb.thread_checkpoints AS c ON c.org_id = t.org_id AND c.thread_id = t.id
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.external_id = :thread_id::text
        AND t.deleted_at IS NULL
        AND c.org_id = :org_id
        AND c.namespace = :namespace::text
        AND c.id = :id::text
) AS c
CROSS JOIN LATERAL memdb.values_of_checkpoint(:org_id, c.thread_key, c.namespace, c.versions) AS v
CROSS JOIN LATERAL memdb.writes_of_checkpoint(:org_id, c.thread_key, c.namespace, c.id) AS w
