-- What was kept stays apart from its equals, and is among those that memdb.kept_apart lists.
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

DROP FUNCTION memdb.contains(text, text);

DROP FUNCTION memdb.id_at(timestamptz);

DROP FUNCTION memdb.updated_then(timestamptz, timestamptz);

DROP FUNCTION memdb.created_then(timestamptz);

REVOKE UPDATE (source, session_id) ON memdb.memories FROM memdb_app;

ALTER TABLE memdb.memories
    DROP COLUMN external_id,
    DROP COLUMN kept;

COMMENT ON SCHEMA memdb IS 'memdb 0038_transcripts';
