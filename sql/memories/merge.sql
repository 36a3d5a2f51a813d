-- Merges live memories into another. They become merged and are valid until now; the other gets their tags and an edge to each. All are
-- locked in the order of their ids. No row means that one of them does not exist; then nothing changes.
WITH locked AS MATERIALIZED (
    SELECT
        m.id,
        m.status,
        m.tags
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND (m.id = :into_id::uuid OR m.id = ANY (:ids::uuid[]))
        AND m.deleted_at IS NULL
        AND (m.expires_at IS NULL OR m.expires_at > now())
    ORDER BY m.id
    FOR NO KEY UPDATE
),
whole AS MATERIALIZED (
    SELECT l.id
    FROM locked AS l
    WHERE l.id = :into_id
        AND (SELECT count(*) FROM locked) = (SELECT count(DISTINCT given.id) FROM unnest(:ids || :into_id) AS given (id))
        AND memdb.must(cardinality(:ids) > 0, 'ids', 'must not be empty')
        AND memdb.must(:into_id <> ALL (:ids), 'into_id', 'must be another memory')
        AND memdb.must(l.status = 'active', 'into_id', 'must be an active memory, not one that is ' || l.status)
),
merged AS (
    UPDATE memdb.memories AS m
    SET
        status = memdb.next_status(m.status, 'merged'),
        merged_into = whole.id,
        valid_until = greatest(m.valid_from, least(coalesce(m.valid_until, now()), now())),
        updated_at = greatest(m.updated_at, now()),
        version = m.version + 1
    FROM whole, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = ANY (:ids)
        AND w.org_id = :org_id
        AND w.id = m.agent_id
        AND memdb.takes_writes(w, m.agent_id)
    RETURNING m AS memory
),
grown AS (
    UPDATE memdb.memories AS m
    SET
        tags = ARRAY(SELECT DISTINCT each.tag COLLATE "C" FROM locked AS l, unnest(l.tags) AS each (tag) ORDER BY 1),
        updated_at = greatest(m.updated_at, now()),
        version = memdb.next_version(m.version, :expected_version::int)
    FROM whole, memdb.writers AS w
    WHERE m.org_id = :org_id
        AND m.id = whole.id
        AND w.org_id = :org_id
        AND w.id = m.agent_id
        AND memdb.takes_writes(w, m.agent_id)
    RETURNING
        m.*,
        m AS memory
),
tagged AS (
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        c.org_id,
        c.id,
        given.tag
    FROM grown AS c, unnest(c.tags) AS given (tag)
    ON CONFLICT DO NOTHING
),
related AS (
    INSERT INTO memdb.memory_relations (org_id, source_id, target_id, type, confidence, created_by, notes)
    SELECT
        (c.memory).org_id,
        (c.memory).merged_into,
        (c.memory).id,
        'merged_from',
        1,
        :actor::text,
        :reason::text
    FROM merged AS c
    ON CONFLICT DO NOTHING
),
recorded AS (
    INSERT INTO memdb.memory_versions
    SELECT v.*
    FROM (SELECT merged.memory FROM merged UNION ALL SELECT grown.memory FROM grown) AS c,
        memdb.version_of(c.memory, 'merge', :reason, :actor) AS v
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
FROM grown AS m
