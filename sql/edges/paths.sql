-- The paths from one entity to another without repeated entities, shortest or strongest first. A path is extended only to entities from
-- which the target can be reached with the edges left, as determined by a walk back from the target. Of the paths of one length, the
-- strongest 20 * :limit are extended, at most :limit of them to one entity, with those that can still be shortest first.
-- not null: entity_ids, edge_ids, types, strength
WITH RECURSIVE ends AS MATERIALIZED (
    SELECT
        s.id AS source_id,
        t.id AS target_id
    FROM (
        SELECT coalesce(e.merged_into, e.id) AS id
        FROM memdb.entities AS e
        WHERE e.org_id = :org_id::memdb.tenant
            AND e.id = :source_id::uuid
            AND e.deleted_at IS NULL
    ) AS s, (
        SELECT coalesce(e.merged_into, e.id) AS id
        FROM memdb.entities AS e
        WHERE e.org_id = :org_id
            AND e.id = :target_id::uuid
            AND e.deleted_at IS NULL
    ) AS t
    WHERE memdb.must(s.id <> t.id, 'target_id', 'must be another entity than source_id')
),
near AS MATERIALIZED (
    SELECT
        x.target_id AS id,
        0 AS hop
    FROM ends AS x
    UNION ALL
    SELECT
        n.entity_id,
        n.hop
    FROM memdb.neighbourhood(
        :org_id, ARRAY[:target_id], :depth::int - 1, CASE :direction::text WHEN 'out' THEN 'in' WHEN 'in' THEN 'out' ELSE 'both' END,
        :types::text[], :min_weight::float8, 0, coalesce(:as_of::timestamptz, now()), 1000000
    ) AS n
),
-- The numbers of edges within which the target can be reached, by entity.
within AS MATERIALIZED (
    SELECT
        n.id,
        e.edges
    FROM near AS n, generate_series(n.hop, :depth - 1) AS e (edges)
),
shortest AS MATERIALIZED (
    SELECT coalesce(min(n.hop), :depth) AS edges
    FROM near AS n
    WHERE n.id = ANY (ARRAY(SELECT x.source_id FROM ends AS x))
),
way AS (
    SELECT
        0 AS hop,
        x.source_id AS id,
        ARRAY[x.source_id] AS entity_ids,
        ARRAY[]::uuid[] AS edge_ids,
        ARRAY[]::text[] AS types,
        1::float8 AS strength
    FROM ends AS x
    UNION ALL
    SELECT
        b.hop,
        b.id,
        b.entity_ids,
        b.edge_ids,
        b.types,
        b.strength
    FROM (
        SELECT r.*
        FROM (
            SELECT
                w.hop + 1 AS hop,
                e.other_id AS id,
                w.entity_ids || e.other_id AS entity_ids,
                w.edge_ids || e.id AS edge_ids,
                w.types || e.type AS types,
                w.strength * e.weight AS strength,
                c.is_shortest,
                row_number() OVER (PARTITION BY e.other_id ORDER BY c.is_shortest DESC, w.strength * e.weight DESC, e.id) AS place
            FROM way AS w
            CROSS JOIN ends AS x
            CROSS JOIN LATERAL (
                SELECT
                    o.target_id AS other_id,
                    o.id,
                    o.type,
                    o.weight
                FROM memdb.edges AS o
                WHERE o.org_id = :org_id
                    AND o.source_id = w.id
                    AND :direction IN ('out', 'both')
                    AND memdb.edge_holds(o, coalesce(:as_of, now()))
                UNION ALL
                SELECT
                    i.source_id,
                    i.id,
                    i.type,
                    i.weight
                FROM memdb.edges AS i
                WHERE i.org_id = :org_id
                    AND i.target_id = w.id
                    AND :direction IN ('in', 'both')
                    AND memdb.edge_holds(i, coalesce(:as_of, now()))
            ) AS e
            CROSS JOIN LATERAL (
                SELECT ((e.other_id, (SELECT s.edges FROM shortest AS s) - w.hop - 1) IN (SELECT n.id, n.edges FROM within AS n)) IS TRUE
            ) AS c (is_shortest)
            WHERE w.hop < :depth
                AND w.id <> x.target_id
                AND e.weight >= :min_weight
                AND (:types IS NULL OR e.type = ANY (ARRAY(SELECT memdb.edge_type(t.type) FROM unnest(:types) AS t (type))))
                AND e.other_id <> ALL (w.entity_ids)
                AND ((e.other_id, :depth - w.hop - 1) IN (SELECT n.id, n.edges FROM within AS n)) IS TRUE
        ) AS r
        WHERE r.place <= :limit::int
        ORDER BY r.is_shortest DESC, r.strength DESC, r.id
        LIMIT 20 * :limit
    ) AS b
)
SELECT
    w.entity_ids,
    w.edge_ids,
    w.types,
    w.strength
FROM way AS w
CROSS JOIN ends AS x
WHERE w.id = x.target_id
ORDER BY CASE WHEN :strongest_first::bool THEN 0 ELSE w.hop END, w.strength DESC, w.hop, w.edge_ids
LIMIT :limit
