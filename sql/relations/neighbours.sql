-- The live memories reachable by edges from one memory, each by its shortest path, nearest first.
-- Breadth-first: the memories reached last are the frontier of the next step. Memories already seen are not entered again, so cycles are
-- harmless.
-- not null: depth, via_id, type
WITH RECURSIVE walk AS (
    SELECT
        0 AS depth,
        ARRAY[:memory_id::uuid] AS frontier,
        ARRAY[]::uuid[] AS via_ids,
        ARRAY[]::text[] AS types,
        ARRAY[:memory_id] AS seen
    UNION ALL
    SELECT
        w.depth + 1,
        step.ids,
        step.via_ids,
        step.types,
        w.seen || step.ids
    FROM walk AS w
    CROSS JOIN LATERAL (
        SELECT
            array_agg(way.id) AS ids,
            array_agg(way.via_id) AS via_ids,
            array_agg(way.type) AS types
        FROM (
            SELECT DISTINCT ON (e.id)
                e.id,
                e.via_id,
                e.type
            FROM (
                SELECT
                    o.target_id AS id,
                    o.source_id AS via_id,
                    o.type
                FROM unnest(w.frontier) AS f (id)
                JOIN memdb.memory_relations AS o ON o.org_id = :org_id::memdb.tenant AND o.source_id = f.id
                WHERE :direction::text IN ('out', 'both')
                UNION ALL
                SELECT
                    i.source_id,
                    i.target_id,
                    i.type
                FROM unnest(w.frontier) AS f (id)
                JOIN memdb.memory_relations AS i ON i.org_id = :org_id AND i.target_id = f.id
                WHERE :direction IN ('in', 'both')
            ) AS e
            WHERE (:types::text[] IS NULL OR e.type = ANY (:types))
                AND NOT EXISTS (SELECT FROM unnest(w.seen) AS s (id) WHERE s.id = e.id)
            ORDER BY e.id, e.via_id, e.type
        ) AS way
    ) AS step
    WHERE w.depth < :depth::int
        AND step.ids IS NOT NULL
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
    m.updated_at,
    walk.depth,
    n.via_id,
    n.type
FROM walk
CROSS JOIN LATERAL unnest(walk.frontier, walk.via_ids, walk.types) AS n (id, via_id, type)
JOIN memdb.memories AS m ON m.org_id = :org_id AND m.id = n.id
WHERE walk.depth > 0
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
ORDER BY walk.depth, m.id DESC
LIMIT :limit::int
