-- Supersedes one live memory by another. The old one is valid until the new one's validity begins (or `closed_at`), and the new one gets an
-- edge to it. Both are locked in the order of their ids, so that two memories cannot supersede each other. No row means that one of the two
-- does not exist.
WITH pair AS MATERIALIZED (
    SELECT
        m.id,
        m.status,
        m.valid_from
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id IN (:id::uuid, :successor_id::uuid)
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    ORDER BY m.id
    FOR NO KEY UPDATE
),
successor AS MATERIALIZED (
    SELECT
        p.id,
        coalesce(:closed_at::timestamptz, p.valid_from) AS closed_at
    FROM pair AS p
    WHERE p.id = :successor_id
        AND memdb.must(:successor_id <> :id, 'successor_id', 'must be another memory')
        AND memdb.must(p.status = 'active', 'successor_id', 'must be an active memory, not one that is ' || p.status)
),
superseded AS (
    UPDATE memdb.memories AS m
    SET
        status = memdb.next_status(m.status, 'superseded'),
        superseded_by = s.id,
        valid_until = greatest(m.valid_from, least(coalesce(m.valid_until, s.closed_at), s.closed_at)),
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    FROM successor AS s, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = (SELECT p.id FROM pair AS p WHERE p.id = :id)
        AND w.org_id = :org_id
        AND w.id = m.agent_id
        AND memdb.takes_writes(w, m.agent_id)
    RETURNING
        m.*,
        m AS memory
),
related AS (
    INSERT INTO memdb.memory_relations (org_id, source_id, target_id, type, confidence, created_by, notes)
    SELECT
        c.org_id,
        c.superseded_by,
        c.id,
        'supersedes',
        1,
        :actor::text,
        :reason::text
    FROM superseded AS c
    ON CONFLICT DO NOTHING
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM superseded AS c, memdb.version_of(c.memory, 'supersede', :reason, :actor) AS v
)
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.external_id,
    m.content,
    m.category,
    m.labels,
    m.status,
    m.source,
    m.confidence,
    m.usefulness,
    m.tags,
    m.metadata,
    m.embedded,
    m.embedding_model,
    m.version,
    m.observed_at,
    m.valid_from,
    m.valid_until,
    m.expires_at,
    m.superseded_by,
    m.merged_into,
    m.created_at,
    m.updated_at
FROM superseded AS m
