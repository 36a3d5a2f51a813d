-- Stores the embedding of an event's content. Returns whether the event exists.
-- not null: stored
WITH embedded AS (
    UPDATE memdb.events AS o
    SET embedded = true
    FROM memdb.writers AS w
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.id = :id::uuid
        AND w.org_id = :org_id
        AND w.id = o.agent_id
        AND memdb.takes_writes(w, o.agent_id)
    RETURNING
        o.org_id,
        o.id,
        o.agent_id
),
stored AS (
    INSERT INTO memdb.event_embeddings AS e (org_id, event_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding::halfvec
    FROM embedded AS c
    ON CONFLICT (org_id, event_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM embedded) AS stored
