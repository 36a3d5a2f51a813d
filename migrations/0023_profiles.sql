-- depends: 0022_scoring
-- Knowledge: a profile of each user as one JSON document in versions, and triples of subject, predicate and object.

-- The document that a JSON Merge Patch (RFC 7396) makes of `target`; NULL stands for one that is not there.
CREATE FUNCTION memdb.merge_patch(target jsonb, patch jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    kept CONSTANT jsonb := CASE WHEN jsonb_typeof(target) = 'object' THEN target ELSE '{}' END;
BEGIN
    IF jsonb_typeof(patch) <> 'object' THEN
        RETURN patch;
    END IF;
    RETURN (kept - ARRAY(SELECT k.key FROM jsonb_object_keys(patch) AS k (key))) || (
        SELECT coalesce(jsonb_object_agg(c.key, memdb.merge_patch(kept -> c.key, c.value)), '{}')
        FROM jsonb_each(patch) AS c
        WHERE c.value <> 'null'
    );
END
$$;

CREATE TABLE memdb.profiles (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    document jsonb NOT NULL,
    CONSTRAINT profiles_pkey PRIMARY KEY (org_id, user_id),
    CONSTRAINT profiles_document_object CHECK (jsonb_typeof(document) = 'object' AND octet_length(document::text) <= 65536)
);

-- What each version left.
CREATE TABLE memdb.profile_versions (
    org_id uuid NOT NULL,
    user_id uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL,
    operation text NOT NULL,
    changed_by text,
    document jsonb NOT NULL,
    CONSTRAINT profile_versions_pkey PRIMARY KEY (org_id, user_id, version),
    CONSTRAINT profile_versions_operation_known CHECK (operation IN ('put', 'patch', 'revert', 'delete', 'restore'))
);

-- By an expression, as sessions_deleted.
CREATE INDEX profiles_deleted ON memdb.profiles (org_id, coalesce(deleted_at, '-infinity'))
WHERE coalesce(deleted_at, '-infinity') > '-infinity';

-- What a subject, predicate or object is told apart by: the same whatever its case and white space. 128 bits of a hash, since an index takes no
-- long texts.
CREATE FUNCTION memdb.triple_key(part text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN encode(
        substring(sha256(convert_to(btrim(regexp_replace(memdb.lowered(part), '\s+', ' ', 'g')), 'UTF8')) FOR 16), 'hex'
    )::uuid;
END
$$;

CREATE TABLE memdb.triples (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    user_id uuid,
    -- The user, or the organization where there is none: what one index finds both by.
    owner_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(user_id, org_id)) STORED,
    subject_key uuid NOT NULL GENERATED ALWAYS AS (memdb.triple_key(subject)) STORED,
    predicate_key uuid NOT NULL GENERATED ALWAYS AS (memdb.triple_key(predicate)) STORED,
    object_key uuid NOT NULL GENERATED ALWAYS AS (memdb.triple_key(object)) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- When it was last stated or deleted.
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    confidence double precision,
    version integer NOT NULL DEFAULT 1,
    -- Whether it had an embedding in the space of whoever wrote it last.
    embedded boolean NOT NULL DEFAULT false,
    search tsvector NOT NULL GENERATED ALWAYS AS (memdb.words(language, subject || ' ' || predicate || ' ' || object)) STORED,
    language text NOT NULL DEFAULT 'english',
    subject text NOT NULL,
    predicate text NOT NULL,
    object text NOT NULL,
    source text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT triples_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT triples_user_not_the_organization CHECK (user_id <> org_id),
    CONSTRAINT triples_subject_length CHECK (subject ~ '\S' AND char_length(subject) <= 512),
    CONSTRAINT triples_predicate_length CHECK (predicate ~ '\S' AND char_length(predicate) <= 256),
    CONSTRAINT triples_object_length CHECK (object ~ '\S' AND char_length(object) <= 8192),
    CONSTRAINT triples_confidence_range CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT triples_source_length CHECK (char_length(source) BETWEEN 1 AND 512),
    CONSTRAINT triples_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

-- As for memories: a search by words reads the lexemes of every row of its scope.
ALTER TABLE memdb.triples ALTER COLUMN search SET STORAGE MAIN;

DO $$
BEGIN
    EXECUTE format(
        'CREATE TABLE memdb.triple_embeddings (
            org_id uuid NOT NULL,
            triple_id uuid NOT NULL,
            space smallint NOT NULL,
            embedding %I.halfvec,
            CONSTRAINT triple_embeddings_pkey PRIMARY KEY (org_id, triple_id, space)
        ) PARTITION BY LIST (space)',
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector')
    );
END
$$;

ALTER TABLE memdb.triple_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;

DO $$
DECLARE
    existing memdb.embedding_spaces;
BEGIN
    FOR existing IN SELECT s.* FROM memdb.embedding_spaces AS s LOOP
        CALL memdb.add_space_to('memdb.triple_embeddings', existing.space, existing.dimension);
    END LOOP;
END
$$;

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.profiles (org_id, user_id, document, deleted_at)
SELECT
    md5('organization ' || i)::uuid,
    md5('user ' || i)::uuid,
    jsonb_build_object('name', 'user ' || i),
    CASE WHEN i % 50 = 2 THEN now() END
FROM generate_series(0, 499) AS i;

INSERT INTO memdb.profile_versions (org_id, user_id, version, operation, document)
SELECT
    p.org_id,
    p.user_id,
    n,
    'put',
    p.document
FROM memdb.profiles AS p, generate_series(1, 4) AS n;

INSERT INTO memdb.triples (org_id, id, user_id, subject, predicate, object, embedded, deleted_at)
SELECT
    md5('organization ' || i)::uuid,
    md5('triple ' || i)::uuid,
    CASE WHEN i % 10 > 0 THEN md5('user ' || i % 100)::uuid END,
    'subject ' || i % 300,
    'predicate ' || i % 30,
    'object ' || i,
    i % 20 > 0,
    CASE WHEN i % 50 = 2 THEN now() END
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.triple_embeddings (org_id, triple_id, space)
SELECT
    t.org_id,
    t.id,
    (SELECT min(s.space) FROM memdb.embedding_spaces AS s)
FROM memdb.triples AS t;

-- Deleted ones, too: an upsert revives them, and the user may have to be erased.
CREATE UNIQUE INDEX triples_unique ON memdb.triples (org_id, user_id, subject_key, predicate_key, object_key) NULLS NOT DISTINCT;

CREATE INDEX triples_of_owner ON memdb.triples (org_id, owner_id, id) WHERE deleted_at IS NULL;

CREATE INDEX triples_of_subject ON memdb.triples (org_id, owner_id, subject_key, id) WHERE deleted_at IS NULL;

CREATE INDEX triples_of_predicate ON memdb.triples (org_id, owner_id, predicate_key, id) WHERE deleted_at IS NULL;

CREATE INDEX triples_of_object ON memdb.triples (org_id, owner_id, object_key, id) WHERE deleted_at IS NULL;

CREATE INDEX triples_unembedded ON memdb.triples (org_id, id) WHERE NOT embedded AND deleted_at IS NULL;

-- By an expression, as sessions_deleted.
CREATE INDEX triples_deleted ON memdb.triples (org_id, coalesce(deleted_at, '-infinity'))
WHERE coalesce(deleted_at, '-infinity') > '-infinity';

ALTER TABLE memdb.profiles ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.profile_versions ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.triples ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN owner_id SET (n_distinct = 10);

ANALYZE memdb.profiles, memdb.profile_versions, memdb.triples, memdb.triple_embeddings;

ALTER TABLE memdb.profiles ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.profile_versions ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.triples ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN owner_id RESET (n_distinct);

TRUNCATE memdb.profiles, memdb.profile_versions, memdb.triples, memdb.triple_embeddings;

-- Which organization an owner is of, as for memories and agents.
CREATE STATISTICS memdb.triples_owner_of_organization (dependencies) ON org_id, owner_id FROM memdb.triples;

ALTER TABLE memdb.profiles
    ADD CONSTRAINT profiles_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.profile_versions
    ADD CONSTRAINT profile_versions_profile_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.profiles (org_id, user_id);

ALTER TABLE memdb.triples
    ADD CONSTRAINT triples_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    ADD CONSTRAINT triples_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.triple_embeddings
    ADD CONSTRAINT triple_embeddings_triple_exists
    FOREIGN KEY (org_id, triple_id) REFERENCES memdb.triples (org_id, id) ON DELETE CASCADE;

CALL memdb.isolate('memdb.profiles');

CALL memdb.isolate('memdb.profile_versions');

CALL memdb.isolate('memdb.triples');

CALL memdb.isolate('memdb.triple_embeddings');

GRANT SELECT, INSERT, UPDATE (updated_at, deleted_at, version, document) ON memdb.profiles TO memdb_app;

GRANT SELECT, INSERT ON memdb.profile_versions TO memdb_app;

GRANT SELECT, INSERT, UPDATE (updated_at, deleted_at, confidence, version, embedded, source, metadata) ON memdb.triples TO memdb_app;

GRANT SELECT, INSERT, UPDATE (embedding) ON memdb.triple_embeddings TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE
ON memdb.profiles, memdb.profile_versions, memdb.triples, memdb.triple_embeddings TO memdb_admin;

-- What a triple's embedding is of.
CREATE FUNCTION memdb.content_of(triple memdb.triples) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN triple.subject || ' ' || triple.predicate || ' ' || triple.object;

COMMENT ON SCHEMA memdb IS 'memdb 0023_profiles';
