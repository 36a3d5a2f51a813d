-- Inserts a checkpoint of a thread, which is created if necessary, and the values of its channels, by version. Known values stay. An
-- existing checkpoint takes the given fields except the parent. Returns whether it is new. No row means that there is no such organization
-- or agent.
-- not null: created
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
valued AS (
    INSERT INTO memdb.thread_values (org_id, thread_id, namespace, channel, version, type, data)
    SELECT
        :org_id,
        t.id,
        :namespace::text,
        v.channel,
        :new_versions::jsonb ->> v.channel,
        v.type,
        v.data
    FROM thread AS t, unnest(:channels::text[], :types::text[], :data::bytea[]) AS v (channel, type, data)
    -- Sorted, so that concurrent writers of the same values do not deadlock.
    ORDER BY v.channel
    ON CONFLICT (org_id, thread_id, namespace, channel, version) DO NOTHING
)
INSERT INTO memdb.thread_checkpoints AS c (
    org_id, thread_id, namespace, id, parent_id, root_id, run_id, needs, versions, metadata, plain, state
)
SELECT
    :org_id,
    t.id,
    :namespace,
    :id::text,
    :parent_id::text,
    :root_id::text,
    :run_id::text,
    :needs::text,
    :versions::jsonb,
    :metadata::jsonb,
    :plain::jsonb,
    :state::jsonb
FROM thread AS t
ON CONFLICT (org_id, thread_id, namespace, id) DO UPDATE
    SET
        root_id = excluded.root_id,
        run_id = excluded.run_id,
        needs = excluded.needs,
        versions = excluded.versions,
        metadata = excluded.metadata,
        plain = excluded.plain,
        state = excluded.state
RETURNING c.xmax = 0 AS created
