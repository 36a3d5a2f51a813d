-- Stores a task's writes for a checkpoint of a thread, which may be inserted later. The thread is created if necessary. An existing write
-- at the same position stays, unless :replace is true. Returns the thread's key. No row means that there is no such organization or agent.
-- not null: id
WITH writer AS MATERIALIZED (
    SELECT w.org_id
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND (
            :agent_id::uuid IS NULL
            OR EXISTS (
                SELECT FROM memdb.writers AS a
                WHERE a.org_id = :org_id
                    AND a.id = :agent_id
                    AND memdb.takes_writes(a, :agent_id)
            )
        )
),
known AS MATERIALIZED (
    SELECT t.id
    FROM writer, memdb.threads AS t
    WHERE t.org_id = :org_id
        AND t.external_id = :thread_id::text
        AND t.deleted_at IS NULL
),
begun AS (
    INSERT INTO memdb.threads AS t (org_id, agent_id, user_id, external_id)
    SELECT
        w.org_id,
        :agent_id,
        :user_id::uuid,
        :thread_id
    FROM writer AS w
    WHERE NOT EXISTS (SELECT FROM known)
    -- A concurrent writer came first: return its thread unchanged. DO NOTHING would return no row.
    ON CONFLICT (org_id, external_id) WHERE deleted_at IS NULL DO UPDATE SET deleted_at = t.deleted_at
    RETURNING t.id
),
thread AS MATERIALIZED (
    SELECT k.id FROM known AS k
    UNION ALL
    SELECT b.id FROM begun AS b
),
written AS (
    INSERT INTO memdb.thread_writes AS w (
        org_id, thread_id, position, namespace, checkpoint_id, task_id, task_path, channel, type, data
    )
    -- Of several writes at one position, the last counts with :replace, otherwise the first.
    SELECT DISTINCT ON (g.position)
        :org_id,
        t.id,
        g.position,
        :namespace::text,
        :checkpoint_id::text,
        :task_id::text,
        :task_path::text,
        g.channel,
        g.type,
        g.data
    FROM thread AS t,
        unnest(:positions::int[], :channels::text[], :types::text[], :data::bytea[])
            WITH ORDINALITY AS g (position, channel, type, data, number)
    ORDER BY g.position, CASE WHEN :replace::boolean THEN -g.number ELSE g.number END
    ON CONFLICT (org_id, thread_id, namespace, checkpoint_id, task_id, position) DO UPDATE
        SET
            channel = excluded.channel,
            type = excluded.type,
            data = excluded.data
        WHERE :replace
)
SELECT t.id
FROM thread AS t
