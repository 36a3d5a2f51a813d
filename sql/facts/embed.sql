-- Stores the embedding of a fact's content, unless the fact has changed or disappeared since `version` was read. Returns whether it was
-- stored.
-- The version stays, because the content has not changed.
-- not null: stored
WITH embedded AS (
    UPDATE memdb.facts AS f
    SET embedded = true
    FROM memdb.writers AS w
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.id = :id::uuid
        AND f.version = :version::int
        AND f.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = f.agent_id
        AND memdb.takes_writes(w, f.agent_id)
    RETURNING
        f.org_id,
        f.id,
        f.agent_id
),
stored AS (
    INSERT INTO memdb.fact_embeddings AS e (org_id, fact_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding::halfvec
    FROM embedded AS c
    ON CONFLICT (org_id, fact_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM embedded) AS stored
