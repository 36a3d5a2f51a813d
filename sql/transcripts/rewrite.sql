-- Replaces what follows an entry of a transcript (:after_id; NULL: its beginning) by new entries, and sets its branches and other fields,
-- if its revision is the expected one. If that is '', the transcript is created, if it does not exist. It may then continue from an entry
-- of another transcript of the namespace, whose history is copied. Entries that neither the new head nor a branch reaches any more are
-- removed, unless a legal hold forbids it; then they stay.
-- All columns of the transcript are NULL if its revision is another, or if `after_exists` is false. No row means that there is no such
-- organization or agent.
-- not null: after_exists
WITH RECURSIVE writer AS MATERIALIZED (
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
    SELECT t.*
    FROM memdb.transcripts AS t
    WHERE t.org_id = :org_id
        AND t.namespace = :namespace::text
        AND t.external_id = :id::text
        AND t.revision = :expected_revision::text
),
-- The same in all transcripts that contain it: whatever precedes an entry has been copied with it.
after AS MATERIALIZED (
    SELECT
        o.transcript_id,
        o.position,
        o.run_start,
        o.run_after
    FROM (
        SELECT
            e.transcript_id,
            e.position,
            e.run_start,
            e.run_after
        FROM memdb.transcript_entries AS e
        WHERE e.org_id = :org_id
            AND e.id = :after_id::text
            AND CASE
                WHEN :expected_revision <> '' THEN e.transcript_id = (SELECT k.id FROM known AS k)
                ELSE (SELECT t.namespace FROM memdb.transcripts AS t WHERE t.org_id = :org_id AND t.id = e.transcript_id) = :namespace
            END
        LIMIT 1
    ) AS o
    UNION ALL
    SELECT
        NULL,
        0,
        1,
        0
    WHERE :after_id IS NULL
),
history AS (
    SELECT
        a.transcript_id,
        a.run_start AS first,
        a.position AS last,
        a.run_after AS before
    FROM after AS a
    UNION ALL
    SELECT
        h.transcript_id,
        e.run_start,
        e.position,
        e.run_after
    FROM history AS h
    JOIN memdb.transcript_entries AS e ON e.transcript_id = h.transcript_id AND e.position = h.before
    WHERE e.org_id = :org_id
),
measured AS MATERIALIZED (
    SELECT coalesce(sum(h.last - h.first + 1), 0)::int AS length
    FROM history AS h
),
changed AS (
    UPDATE memdb.transcripts AS t
    SET
        length = m.length + cardinality(:data::text[]),
        last_position = t.last_position + cardinality(:data),
        head = CASE WHEN :data = '{}' THEN a.position ELSE t.last_position + cardinality(:data) END,
        head_id = CASE WHEN :data = '{}' THEN :after_id ELSE (:ids::text[])[cardinality(:data)] END,
        run_start = CASE WHEN :data = '{}' OR a.position = t.last_position THEN a.run_start ELSE t.last_position + 1 END,
        run_after = CASE WHEN :data = '{}' OR a.position = t.last_position THEN a.run_after ELSE a.position END,
        scope = :scope::text,
        branches = :branches::text[],
        revision = coalesce(:revision::text, memdb.new_id()::text),
        state = :state::text,
        updated_at = coalesce(:updated_at::timestamptz, now())
    FROM writer AS w, known AS k, after AS a, measured AS m
    WHERE t.org_id = :org_id
        AND t.id = k.id
        AND t.revision = :expected_revision
    RETURNING t.*
),
begun AS (
    INSERT INTO memdb.transcripts AS t (
        org_id, agent_id, user_id, updated_at, length, last_position, head, namespace, external_id, scope, head_id, branches, revision, state
    )
    SELECT
        w.org_id,
        :agent_id,
        :user_id::uuid,
        coalesce(:updated_at, now()),
        m.length + cardinality(:data),
        m.length + cardinality(:data),
        m.length + cardinality(:data),
        :namespace,
        :id,
        :scope,
        CASE WHEN :data = '{}' THEN :after_id ELSE (:ids)[cardinality(:data)] END,
        :branches,
        coalesce(:revision, memdb.new_id()::text),
        :state
    FROM writer AS w, after AS a, measured AS m
    WHERE :expected_revision = ''
    ON CONFLICT (org_id, namespace, external_id) DO NOTHING
    RETURNING t.*
),
written AS MATERIALIZED (
    SELECT * FROM changed
    UNION ALL
    SELECT * FROM begun
),
copied AS (
    INSERT INTO memdb.transcript_entries (org_id, transcript_id, created_at, position, run_start, run_after, id, data)
    SELECT
        :org_id,
        b.id,
        e.created_at,
        row_number() OVER (ORDER BY e.position),
        1,
        0,
        e.id,
        e.data
    FROM begun AS b, history AS h
    CROSS JOIN LATERAL (
        SELECT *
        FROM memdb.transcript_entries AS o
        WHERE o.org_id = :org_id
            AND o.transcript_id = h.transcript_id
            AND o.position BETWEEN h.first AND h.last
        -- As in transcripts/latest.
        OFFSET 0
    ) AS e
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
),
-- Only if an end of the transcript as it was is no longer one.
shortened AS MATERIALIZED (
    SELECT
        k.id,
        k.last_position
    FROM changed AS c
    JOIN known AS k ON k.id = c.id
    WHERE (NOT k.branches <@ (:branches || :after_id) OR (k.head > 0 AND (k.head_id = ANY (:branches || :after_id)) IS NOT TRUE))
        AND NOT EXISTS (
            SELECT FROM memdb.legal_holds AS h
            WHERE h.org_id = :org_id
                AND h.released_at IS NULL
                AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = k.user_id OR h.agent_id = k.agent_id)
        )
),
kept AS (
    SELECT
        e.transcript_id,
        e.run_start AS first,
        e.position AS last,
        e.run_after AS before
    FROM shortened AS s
    JOIN memdb.transcript_entries AS e ON e.transcript_id = s.id
    WHERE e.org_id = :org_id
        AND e.id = ANY (:branches || :after_id)
    UNION
    SELECT
        k.transcript_id,
        e.run_start,
        e.position,
        e.run_after
    FROM kept AS k
    JOIN memdb.transcript_entries AS e ON e.transcript_id = k.transcript_id AND e.position = k.before
    WHERE e.org_id = :org_id
),
removed AS (
    DELETE FROM memdb.transcript_entries AS e
    USING shortened AS s
    WHERE e.org_id = :org_id
        AND e.transcript_id = s.id
        AND NOT EXISTS (SELECT FROM kept AS k WHERE e.position BETWEEN k.first AND k.last)
)
SELECT
    EXISTS (SELECT FROM after) AS after_exists,
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
