-- Stores the embedding of an entity, unless the entity has changed or disappeared since `version` was read. Returns whether it was stored.
-- The version stays, because the entity's description has not changed.
-- not null: stored
WITH embedded AS (
    UPDATE memdb.entities AS o
    SET embedded = true
    FROM memdb.writers AS w
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.id = :id::uuid
        AND o.version = :version::int
        AND o.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = o.agent_id
        AND memdb.takes_writes(w, o.agent_id)
    RETURNING
        o.org_id,
        o.id,
        o.agent_id
),
stored AS (
    INSERT INTO memdb.entity_embeddings AS e (org_id, entity_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding::halfvec
    FROM embedded AS c
    ON CONFLICT (org_id, entity_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM embedded) AS stored
