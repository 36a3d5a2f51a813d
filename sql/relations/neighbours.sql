-- The live memories that edges lead to from one memory, each by its shortest way, nearest first.
-- A memory is entered at most once at each depth, so that the walk ends whatever cycles there are.
-- not null: embedded, depth, via_id, type
WITH RECURSIVE reached AS (
    SELECT
        :memory_id::uuid AS id,
        0 AS depth,
        NULL::uuid AS via_id,
        NULL::text AS type
    UNION
    SELECT
        step.id,
        step.depth,
        step.via_id,
        step.type
    FROM (
        SELECT
            e.id,
            r.depth + 1 AS depth,
            r.id AS via_id,
            e.type,
            row_number() OVER (PARTITION BY e.id ORDER BY r.id, e.type) AS way
        FROM (SELECT DISTINCT reached.id, reached.depth FROM reached) AS r
        CROSS JOIN LATERAL (
            SELECT
                o.target_id AS id,
                o.type
            FROM memdb.memory_relations AS o
            WHERE o.org_id = :org_id::memdb.tenant
                AND o.source_id = r.id
                AND :direction::text IN ('out', 'both')
            UNION ALL
            SELECT
                i.source_id,
                i.type
            FROM memdb.memory_relations AS i
            WHERE i.org_id = :org_id
                AND i.target_id = r.id
                AND :direction IN ('in', 'both')
        ) AS e
        WHERE r.depth < :depth::int
            AND (:types::text[] IS NULL OR e.type = ANY (:types))
    ) AS step
    WHERE step.way = 1
),
nearest AS (
    SELECT DISTINCT ON (r.id)
        r.id,
        r.depth,
        r.via_id,
        r.type
    FROM reached AS r
    WHERE r.id <> :memory_id
    ORDER BY r.id, r.depth, r.via_id
)
SELECT
    m.id,
    m.agent_id,
    m.user_id,
    m.session_id,
    m.content,
    m.category,
    m.labels,
    m.status,
    m.source,
    m.confidence,
    m.usefulness,
    m.tags,
    m.metadata,
    m.embedding IS NOT NULL AS embedded,
    m.embedding_model,
    m.version,
    m.observed_at,
    m.valid_from,
    m.valid_until,
    m.expires_at,
    m.superseded_by,
    m.merged_into,
    m.created_at,
    m.updated_at,
    n.depth,
    n.via_id,
    n.type
FROM nearest AS n
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = n.id
WHERE m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
ORDER BY n.depth, m.id DESC
LIMIT :limit::int
