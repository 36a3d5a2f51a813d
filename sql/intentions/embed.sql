-- Stores the embedding of an intention's condition, unless the intention has changed or disappeared since `version` was read. Returns
-- whether it was stored.
-- The version stays, because the condition has not changed.
-- not null: stored
WITH embedded AS (
    UPDATE memdb.intentions AS n
    SET embedded = true
    FROM memdb.writers AS w
    WHERE n.org_id = :org_id::memdb.tenant
        AND n.id = :id::uuid
        AND n.version = :version::int
        AND n.condition IS NOT NULL
        AND n.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = n.agent_id
        AND memdb.takes_writes(w, n.agent_id)
    RETURNING
        n.org_id,
        n.id,
        n.agent_id
),
stored AS (
    INSERT INTO memdb.intention_embeddings AS e (org_id, intention_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding::halfvec
    FROM embedded AS c
    ON CONFLICT (org_id, intention_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM embedded) AS stored
