-- Stores the embedding of a memory's content in a space, unless the memory has changed or gone since `version` was read; says whether it did.
-- The memory's row stays as it is: filling a space must not rewrite all memories.
-- not null: stored
WITH memory AS MATERIALIZED (
    SELECT
        m.org_id,
        m.id,
        m.agent_id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = :id::uuid
        AND m.version = :version::int
        AND m.deleted_at IS NULL
    FOR SHARE
),
embedding AS (
    INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space, embedding)
    SELECT
        m.org_id,
        m.id,
        m.agent_id,
        :space::smallint,
        :embedding::halfvec
    FROM memory AS m
    ON CONFLICT (org_id, memory_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM memory) AS stored
