-- The embeddings come back into the memories' rows as they are now: in half precision and of length 1, those of the first space only. The
-- columns stay in their new order.
DO $$
BEGIN
    EXECUTE (
        SELECT format('ALTER TABLE memdb.memories ADD COLUMN embedding %I.vector(%s)', n.nspname, s.dimension)
        FROM memdb.embedding_spaces AS s, pg_extension AS e
        JOIN pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'vector'
        ORDER BY s.space
        LIMIT 1
    );
END
$$;

ALTER TABLE memdb.memories NO FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_embeddings NO FORCE ROW LEVEL SECURITY;

DO $$
BEGIN
    EXECUTE format(
        'UPDATE memdb.memories AS m
        SET embedding = e.embedding::%I.vector
        FROM memdb.memory_embeddings AS e
        WHERE e.org_id = m.org_id AND e.memory_id = m.id AND e.space = (SELECT min(s.space) FROM memdb.embedding_spaces AS s)',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

UPDATE memdb.memories SET embedding_model = NULL WHERE embedding IS NULL AND embedding_model IS NOT NULL;

ALTER TABLE memdb.memories FORCE ROW LEVEL SECURITY;

DROP TABLE memdb.memory_embeddings CASCADE;

DROP STATISTICS memdb.memories_agent_of_organization;

DROP PROCEDURE memdb.close_space(smallint);

DROP PROCEDURE memdb.open_space(integer, text);

DROP PROCEDURE memdb.define_indexed_embeddings();

DROP TABLE memdb.embedding_spaces;

-- With it goes the constraint and the index that use it.
ALTER TABLE memdb.memories DROP COLUMN embedded;

ALTER TABLE memdb.memories DROP COLUMN search;

ALTER TABLE memdb.memories
    DROP COLUMN language,
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', content)) STORED,
    ADD CONSTRAINT memories_embedding_model_needs_embedding CHECK (embedding_model IS NULL OR embedding IS NOT NULL);

ALTER TABLE memdb.memories ALTER COLUMN embedding SET STORAGE MAIN, ALTER COLUMN search SET STORAGE MAIN;

CREATE INDEX memories_unembedded ON memdb.memories (org_id, id) WHERE embedding IS NULL AND deleted_at IS NULL;

DROP FUNCTION memdb.takes_writes(memdb.writers, uuid);

DROP VIEW memdb.writers;

CREATE VIEW memdb.writers WITH (security_invoker = true) AS
SELECT
    a.org_id,
    a.id,
    a.status,
    a.deleted_at,
    o.status AS organization_status,
    o.deleted_at AS organization_deleted_at,
    o.memory_quota,
    o.monthly_token_quota
FROM memdb.agents AS a
JOIN memdb.organizations AS o ON o.id = a.org_id;

CREATE FUNCTION memdb.takes_writes(writer memdb.writers, wanted_id uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN CASE
    WHEN writer.id <> wanted_id THEN false
    WHEN writer.organization_deleted_at IS NOT NULL THEN memdb.refuse_write('organization', 'deleted')
    WHEN writer.organization_status IN ('suspended', 'cancelled') THEN memdb.refuse_write('organization', writer.organization_status)
    WHEN writer.deleted_at IS NOT NULL THEN memdb.refuse_write('agent', 'deleted')
    WHEN writer.status IN ('suspended', 'archived') THEN memdb.refuse_write('agent', writer.status)
    ELSE true
END;

GRANT SELECT ON memdb.writers TO memdb_app, memdb_admin;

GRANT UPDATE (embedding) ON memdb.memories TO memdb_app;

COMMENT ON SCHEMA memdb IS 'memdb 0008_words';
