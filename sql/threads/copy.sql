-- Copies the contents of a live thread into another, which is created if necessary, with the same agent and user. Existing rows stay.
-- Returns how many checkpoints were copied. No row means that there is no thread to copy.
-- not null: checkpoints
WITH source AS MATERIALIZED (
    SELECT t.*
    FROM memdb.writable_organizations AS w, memdb.threads AS t
    WHERE w.org_id = :org_id::memdb.tenant
        AND t.org_id = :org_id
        AND t.external_id = :thread_id::text
        AND t.deleted_at IS NULL
),
begun AS (
    INSERT INTO memdb.threads AS t (org_id, agent_id, user_id, external_id)
    SELECT
        :org_id,
        s.agent_id,
        s.user_id,
        :to_thread_id::text
    FROM source AS s
    ON CONFLICT (org_id, external_id) WHERE deleted_at IS NULL DO UPDATE SET deleted_at = t.deleted_at
    RETURNING t.id
),
pair AS MATERIALIZED (
    SELECT
        s.id AS source_id,
        b.id AS target_id
    FROM source AS s, begun AS b
),
copied AS (
    INSERT INTO memdb.thread_checkpoints (
        org_id, thread_id, namespace, id, parent_id, root_id, run_id, needs, versions, metadata, plain, state
    )
    SELECT
        :org_id,
        p.target_id,
        c.namespace,
        c.id,
        c.parent_id,
        c.root_id,
        c.run_id,
        c.needs,
        c.versions,
        c.metadata,
        c.plain,
        c.state
    FROM pair AS p
    JOIN memdb.thread_checkpoints AS c ON c.thread_id = p.source_id
    WHERE c.org_id = :org_id
    ON CONFLICT (org_id, thread_id, namespace, id) DO NOTHING
    RETURNING id
),
valued AS (
    INSERT INTO memdb.thread_values (org_id, thread_id, namespace, channel, version, type, data)
    SELECT
        :org_id,
        p.target_id,
        v.namespace,
        v.channel,
        v.version,
        v.type,
        v.data
    FROM pair AS p
    JOIN memdb.thread_values AS v ON v.thread_id = p.source_id
    WHERE v.org_id = :org_id
    ON CONFLICT (org_id, thread_id, namespace, channel, version) DO NOTHING
),
written AS (
    INSERT INTO memdb.thread_writes (org_id, thread_id, position, namespace, checkpoint_id, task_id, task_path, channel, type, data)
    SELECT
        :org_id,
        p.target_id,
        w.position,
        w.namespace,
        w.checkpoint_id,
        w.task_id,
        w.task_path,
        w.channel,
        w.type,
        w.data
    FROM pair AS p
    JOIN memdb.thread_writes AS w ON w.thread_id = p.source_id
    WHERE w.org_id = :org_id
    ON CONFLICT (org_id, thread_id, namespace, checkpoint_id, task_id, position) DO NOTHING
)
SELECT (SELECT count(*) FROM copied AS c) AS checkpoints
FROM pair
