-- depends: 0038_transcripts
-- Memories as their sources have them: kept though another says the same, under an id of the caller's own, created when the source says.

-- What is kept is `apart`, as is what 0031 found equal: another of its content is not in its way. It stays so whatever its content becomes.
ALTER TABLE memdb.memories
    ADD COLUMN kept boolean NOT NULL DEFAULT false,
    ADD COLUMN external_id text COLLATE "C",
    ADD CONSTRAINT memories_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 512);

-- Of deleted ones, too: under its external id a memory is brought back, not made anew.
CREATE UNIQUE INDEX memories_external_id_unique ON memdb.memories (org_id, external_id, agent_id) WHERE external_id IS NOT NULL;

GRANT UPDATE (source, session_id) ON memdb.memories TO memdb_app;

-- When a memory was created, as its source says, from 1970 on, when UUIDv7s begin; and when it was changed last. The minute is for clocks.
CREATE FUNCTION memdb.created_then(created_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT
AS $$
BEGIN
    PERFORM memdb.must(
        created_at >= '1970-01-01Z' AND created_at <= now() + interval '1 minute', 'created_at', 'must be between 1970 and now'
    );
    RETURN created_at;
END
$$;

CREATE FUNCTION memdb.updated_then(updated_at timestamptz, created_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT
AS $$
BEGIN
    PERFORM memdb.must(
        updated_at >= created_at AND updated_at <= now() + interval '1 minute',
        'updated_at',
        'must be between created_at and now; without created_at that is now'
    );
    RETURN updated_at;
END
$$;

-- A UUIDv7 of another time than now.
CREATE FUNCTION memdb.id_at(moment timestamptz) RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE STRICT
AS $$
    SELECT encode(
        substring(int8send(floor(t.ms)::bigint) FROM 3)
        || substring(int4send(28672 + floor((t.ms - floor(t.ms)) * 4096)::int) FROM 3)
        || set_bit(set_bit(substring(uuid_send(gen_random_uuid()) FROM 9), 6, 0), 7, 1),
        'hex'
    )::uuid
    FROM (SELECT extract(epoch FROM moment) * 1000 AS ms) AS t
$$;

-- Whether a content has a part, as texts are compared but for white space. To be inlined.
CREATE FUNCTION memdb.contains(content text, part text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN part IS NULL OR strpos(memdb.lowered(content), memdb.lowered(part)) > 0;

-- As in 0031, without what is kept because its caller wanted that.
CREATE OR REPLACE VIEW memdb.kept_apart WITH (security_invoker = true) AS
SELECT
    m.org_id,
    'memory' AS kind,
    m.id,
    o.id AS equals
FROM memdb.memories AS m
JOIN memdb.memories AS o
    ON o.org_id = m.org_id
    AND o.content_hash = m.content_hash
    AND o.agent_id = m.agent_id
    AND o.user_id IS NOT DISTINCT FROM m.user_id
    AND o.apart IS NULL
    AND o.status = 'active'
    AND o.deleted_at IS NULL
WHERE m.apart IS NOT NULL
    AND NOT m.kept
    AND m.status = 'active'
    AND m.deleted_at IS NULL
UNION ALL
SELECT
    f.org_id,
    'fact',
    f.id,
    o.id
FROM memdb.facts AS f
JOIN memdb.facts AS o
    ON o.org_id = f.org_id
    AND o.entity_id = f.entity_id
    AND o.attribute IS NOT DISTINCT FROM f.attribute
    AND o.same_key = f.same_key
    AND o.valid_until IS NOT DISTINCT FROM f.valid_until
    AND o.apart IS NULL
    AND o.status = 'active'
    AND o.deleted_at IS NULL
WHERE f.apart IS NOT NULL
    AND f.status = 'active'
    AND f.deleted_at IS NULL
UNION ALL
SELECT
    t.org_id,
    'triple',
    t.id,
    o.id
FROM memdb.triples AS t
JOIN memdb.triples AS o
    ON o.org_id = t.org_id
    AND o.user_id IS NOT DISTINCT FROM t.user_id
    AND o.subject_key = t.subject_key
    AND o.predicate_key = t.predicate_key
    AND o.object_key = t.object_key
    AND o.apart IS NULL
    AND o.deleted_at IS NULL
WHERE t.apart IS NOT NULL
    AND t.deleted_at IS NULL
UNION ALL
SELECT
    u.org_id,
    'user',
    u.id,
    o.id
FROM memdb.users AS u
JOIN memdb.users AS o ON o.org_id = u.org_id AND o.email_key = u.email_key AND o.apart IS NULL AND o.deleted_at IS NULL
WHERE u.apart IS NOT NULL
    AND u.deleted_at IS NULL
UNION ALL
SELECT
    e.org_id,
    'entity',
    e.id,
    o.id
FROM memdb.entities AS e
JOIN memdb.entities AS o
    ON o.org_id = e.org_id
    AND o.agent_id = e.agent_id
    AND o.key = e.type || ':' || memdb.entity_slug(e.slug)
    AND o.id <> e.id
    AND o.deleted_at IS NULL
WHERE e.key <> e.type || ':' || memdb.entity_slug(e.slug)
    AND e.deleted_at IS NULL;

COMMENT ON SCHEMA memdb IS 'memdb 0039_memories_as_given';
