-- Stores the embedding of an insight's title and content, unless the insight has changed or disappeared since `version` was read. Returns
-- whether it was stored.
-- The version stays, because title and content have not changed.
-- not null: stored
WITH embedded AS (
    UPDATE memdb.insights AS i
    SET embedded = true
    FROM memdb.writers AS w
    WHERE i.org_id = :org_id::memdb.tenant
        AND i.id = :id::uuid
        AND i.version = :version::int
        AND i.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = i.agent_id
        AND memdb.takes_writes(w, i.agent_id)
    RETURNING
        i.org_id,
        i.id,
        i.agent_id
),
stored AS (
    INSERT INTO memdb.insight_embeddings AS e (org_id, insight_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding::halfvec
    FROM embedded AS c
    ON CONFLICT (org_id, insight_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM embedded) AS stored
