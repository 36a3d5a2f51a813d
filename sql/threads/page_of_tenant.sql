-- The checkpoints of all the tenant's live threads, greatest id first, from a keyset cursor.
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
    FROM memdb.thread_checkpoints AS c
    -- Not a join, which might make the planner read all of the tenant's threads.
    CROSS JOIN LATERAL (
        SELECT
            t.id,
            t.external_id
        FROM memdb.threads AS t
        WHERE t.org_id = :org_id::memdb.tenant
            AND t.id = c.thread_id
            AND t.deleted_at IS NULL
        LIMIT 1
    ) AS t
    WHERE c.org_id = :org_id
        AND (:metadata::jsonb IS NULL OR c.metadata @> :metadata)
        -- The first condition is where the index scan starts; the second decides among equal ids.
        AND coalesce(c.id, '') <= coalesce(:before_id::text, chr(1114111))
        AND (
            :before_id IS NULL
            OR (c.id, t.external_id, c.namespace) < (:before_id, coalesce(:before_thread_id::text, ''), coalesce(:before_namespace::text, ''))
        )
    ORDER BY coalesce(c.id, '') DESC, t.external_id DESC, c.namespace DESC
    LIMIT :limit::int
) AS c
CROSS JOIN LATERAL memdb.values_of_checkpoint(:org_id, c.thread_key, c.namespace, c.versions) AS v
CROSS JOIN LATERAL memdb.writes_of_checkpoint(:org_id, c.thread_key, c.namespace, c.id) AS w
ORDER BY c.id DESC, c.external_id DESC, c.namespace DESC
