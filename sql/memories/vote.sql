-- Stores an agent's vote on a live memory, replacing its previous vote. The memory's counts change by the difference; its version stays. No
-- row means that the memory or the agent does not exist.
WITH voted AS (
    INSERT INTO memdb.memory_votes AS v (org_id, memory_id, agent_id, vote, session_id, trace_id, notes)
    SELECT
        m.org_id,
        m.id,
        w.id,
        :vote::text,
        :session_id::uuid,
        :trace_id::text,
        :notes::text
    FROM memdb.writers AS w, memdb.memories AS m
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
        AND m.org_id = :org_id
        AND m.id = :id::uuid
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    ON CONFLICT (org_id, memory_id, agent_id) DO UPDATE
        SET
            previous = v.vote,
            vote = excluded.vote,
            session_id = excluded.session_id,
            trace_id = excluded.trace_id,
            notes = excluded.notes,
            updated_at = greatest(v.updated_at, now())
    RETURNING
        v.vote,
        coalesce(v.previous, 'neutral') AS previous
),
counted AS (
    UPDATE memdb.memories AS m
    -- Negative only if another vote is changing the row concurrently. That result is discarded and computed again, but the constraints are
    -- checked on it.
    SET
        votes_for = greatest(0, m.votes_for + (v.vote = 'positive')::int - (v.previous = 'positive')::int),
        votes_against = greatest(0, m.votes_against + (v.vote = 'negative')::int - (v.previous = 'negative')::int)
    FROM voted AS v
    WHERE m.org_id = :org_id
        AND m.id = :id
    RETURNING
        m.id,
        m.votes_for,
        m.votes_against,
        m.usefulness
)
SELECT
    c.id AS memory_id,
    c.votes_for,
    c.votes_against,
    c.usefulness
FROM counted AS c
