-- Stores the embedding of a memory's content, unless the memory has changed or disappeared since `version` was read. Returns whether it was
-- stored.
-- The version stays, because the content has not changed.
-- not null: stored
WITH embedded AS (
    UPDATE memdb.memories AS m
    SET
        embedded = true,
        embedding_model = :embedding_model::text
    FROM memdb.writers AS w
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND m.version = :version::int
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND w.org_id = :org_id
        AND w.id = m.agent_id
        AND memdb.takes_writes(w, m.agent_id)
    RETURNING
        m.org_id,
        m.id,
        m.agent_id
),
stored AS (
    INSERT INTO memdb.memory_embeddings AS e (org_id, memory_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding::halfvec
    FROM embedded AS c
    ON CONFLICT (org_id, memory_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM embedded) AS stored
