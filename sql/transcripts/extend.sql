-- Appends entries to a transcript, which is created if necessary. All columns are NULL if its revision is not the expected one ('': if it
-- exists), or if it was created or removed concurrently. No row means that there is no such organization or agent.
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
    FROM memdb.transcripts AS t
    WHERE t.org_id = :org_id
        AND t.namespace = :namespace::text
        AND t.external_id = :id::text
),
changed AS (
    UPDATE memdb.transcripts AS t
    SET
        length = t.length + cardinality(:data::text[]),
        last_position = t.last_position + cardinality(:data),
        head = t.last_position + cardinality(:data),
        head_id = (:ids::text[])[cardinality(:data)],
        run_start = CASE WHEN t.head = t.last_position THEN t.run_start ELSE t.last_position + 1 END,
        run_after = CASE WHEN t.head = t.last_position THEN t.run_after ELSE t.head END,
        revision = coalesce(:revision::text, memdb.new_id()::text),
        state = coalesce(:state::text, t.state),
        -- Truncated to the minute: while it stays the same, no index has to be updated.
        updated_at = CASE WHEN t.updated_at < now() - interval '1 minute' THEN now() ELSE t.updated_at END
    FROM writer AS w, known AS k
    WHERE t.org_id = :org_id
        AND t.id = k.id
        AND t.revision = coalesce(:expected_revision::text, t.revision)
    RETURNING t.*
),
begun AS (
    INSERT INTO memdb.transcripts AS t (
        org_id, agent_id, user_id, length, last_position, head, namespace, external_id, scope, head_id, revision, state
    )
    SELECT
        w.org_id,
        :agent_id,
        :user_id::uuid,
        cardinality(:data),
        cardinality(:data),
        cardinality(:data),
        :namespace,
        :id,
        :scope::text,
        (:ids)[cardinality(:data)],
        coalesce(:revision, memdb.new_id()::text),
        :state
    FROM writer AS w
    WHERE coalesce(:expected_revision, '') = ''
        AND NOT EXISTS (SELECT FROM known)
    ON CONFLICT (org_id, namespace, external_id) DO NOTHING
    RETURNING t.*
),
written AS MATERIALIZED (
    SELECT * FROM changed
    UNION ALL
    SELECT * FROM begun
),
appended AS (
    INSERT INTO memdb.transcript_entries (org_id, transcript_id, position, run_start, run_after, id, data)
    SELECT
        :org_id,
        t.id,
        t.last_position - cardinality(:data) + g.place,
        t.run_start,
        t.run_after,
        g.id,
        g.data
    FROM written AS t, unnest(:ids, :data) WITH ORDINALITY AS g (id, data, place)
)
SELECT
    t.external_id AS id,
    t.namespace,
    t.id AS key,
    t.agent_id,
    t.user_id,
    t.scope,
    t.length,
    t.head_id,
    t.branches,
    t.revision,
    t.state AS state_text,
    t.created_at,
    t.updated_at
FROM writer AS w
LEFT JOIN written AS t ON true
