-- Changes the given fields of one live intention of any status. NULL leaves a field unchanged, unless :cleared names it. Changing the
-- condition without giving a new embedding drops the old one.
WITH target AS MATERIALIZED (
    SELECT
        :embedding::halfvec IS NULL
        OR coalesce(:condition::text, CASE WHEN 'condition' <> ALL (:cleared::text[]) THEN n.condition END) IS NOT NULL AS may_be_embedded,
        n.condition IS DISTINCT FROM coalesce(:condition, CASE WHEN 'condition' <> ALL (:cleared) THEN n.condition END)
        OR 'embedding' = ANY (:cleared) AS is_outdated
    FROM memdb.intentions AS n
    WHERE n.org_id = :org_id::memdb.tenant
        AND n.id = :id::uuid
        AND n.deleted_at IS NULL
    FOR NO KEY UPDATE
),
updated AS (
    UPDATE memdb.intentions AS n
    SET
        condition = coalesce(:condition, CASE WHEN 'condition' <> ALL (:cleared) THEN n.condition END),
        embedded = :embedding IS NOT NULL OR (n.embedded AND NOT target.is_outdated),
        action = coalesce(:action::text, n.action),
        context = coalesce(:context::text, CASE WHEN 'context' <> ALL (:cleared) THEN n.context END),
        due_at = coalesce(:due_at::timestamptz, CASE WHEN 'due_at' <> ALL (:cleared) THEN n.due_at END),
        metadata = coalesce(:metadata::jsonb, n.metadata),
        updated_at = greatest(n.updated_at, now()),
        version = memdb.next_version(n.version, :expected_version::int)
    FROM target, memdb.writers AS w
    WHERE n.org_id = :org_id
        AND n.id = :id
        AND n.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = n.agent_id
        AND memdb.takes_writes(w, n.agent_id)
        AND memdb.must(target.may_be_embedded, 'embedding', 'must be None where there is no condition')
    RETURNING n.*
),
embedding AS (
    -- The old embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.intention_embeddings (org_id, intention_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        s.space,
        CASE WHEN s.space = :space::smallint THEN :embedding END
    FROM updated AS c, target AS t, memdb.embedding_spaces AS s
    WHERE t.is_outdated
        OR (s.space = :space AND :embedding IS NOT NULL)
    ON CONFLICT (org_id, intention_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT
    n.id,
    n.agent_id,
    n.user_id,
    n.session_id,
    n.trigger,
    n.condition,
    n.action,
    n.context,
    n.due_at,
    n.status,
    n.outcome,
    n.embedded,
    n.metadata,
    n.version,
    n.triggered_at,
    n.ended_at,
    n.created_at,
    n.updated_at
FROM updated AS n
