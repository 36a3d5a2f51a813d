-- Stores the embedding of a triple, unless the triple has changed or disappeared since `version` was read. Returns whether it was stored.
-- The version stays.
-- not null: stored
WITH embedded AS (
    UPDATE memdb.triples AS t
    SET embedded = true
    FROM memdb.writable_organizations AS w
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.id = :id::uuid
        AND t.version = :version::int
        AND t.deleted_at IS NULL
        AND w.org_id = :org_id
    RETURNING
        t.org_id,
        t.id
),
stored AS (
    INSERT INTO memdb.triple_embeddings (org_id, triple_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        :space::smallint,
        :embedding::halfvec
    FROM embedded AS c
    ON CONFLICT (org_id, triple_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT EXISTS (SELECT FROM embedded) AS stored
