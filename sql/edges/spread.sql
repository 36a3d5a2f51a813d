-- Spreads activation from the given entities along edges, hop by hop. An entity passes its activation, times the decay and the edge's
-- weight, to all adjacent entities that had none before. Activation that arrives by several edges adds up. Two entities named by the same
-- fact count as connected by an edge of weight :fact_weight; for each entity, its 100 newest facts count.
-- not null: hop, activation
WITH RECURSIVE spread AS (
    SELECT
        0 AS hop,
        s.ids AS frontier,
        s.activations,
        s.ids AS seen
    FROM (
        SELECT
            array_agg(a.id) AS ids,
            array_agg(a.activation) AS activations
        FROM (
            SELECT
                coalesce(e.merged_into, e.id) AS id,
                sum(g.activation) AS activation
            FROM (
                SELECT
                    s.id,
                    s.score / count(*) OVER () AS activation
                FROM unnest(:entity_ids::uuid[], :scores::float8[]) AS s (id, score)
            ) AS g
            JOIN memdb.entities AS e ON e.org_id = :org_id::memdb.tenant AND e.id = g.id
            GROUP BY coalesce(e.merged_into, e.id)
        ) AS a
    ) AS s
    WHERE memdb.must(cardinality(:entity_ids) = cardinality(:scores), 'scores', 'must be one for each of entity_ids')
    UNION ALL
    SELECT
        s.hop + 1,
        step.ids,
        step.activations,
        s.seen || step.reached
    FROM spread AS s
    CROSS JOIN LATERAL (
        SELECT
            array_agg(r.id) FILTER (WHERE r.place <= :breadth::int) AS ids,
            array_agg(r.activation) FILTER (WHERE r.place <= :breadth) AS activations,
            array_agg(r.id) AS reached
        FROM (
            SELECT
                way.id,
                sum(way.activation) * :decay::float8 AS activation,
                row_number() OVER (ORDER BY sum(way.activation) DESC, way.id) AS place
            FROM (
                SELECT
                    o.target_id AS id,
                    f.activation * o.weight AS activation
                FROM unnest(s.frontier, s.activations) AS f (id, activation)
                JOIN memdb.edges AS o ON o.org_id = :org_id AND o.source_id = f.id
                WHERE o.weight >= :min_weight::float8
                    AND memdb.edge_holds(o, coalesce(:as_of::timestamptz, now()))
                UNION ALL
                SELECT
                    i.source_id,
                    f.activation * i.weight
                FROM unnest(s.frontier, s.activations) AS f (id, activation)
                JOIN memdb.edges AS i ON i.org_id = :org_id AND i.target_id = f.id
                WHERE i.weight >= :min_weight
                    AND memdb.edge_holds(i, coalesce(:as_of, now()))
                UNION ALL
                SELECT
                    named.id,
                    f.activation * :fact_weight::float8
                FROM unnest(s.frontier, s.activations) AS f (id, activation)
                CROSS JOIN LATERAL (
                    SELECT DISTINCT other.entity_id AS id
                    FROM (
                        SELECT l.fact_id
                        FROM memdb.fact_entities AS l
                        WHERE l.org_id = :org_id
                            AND l.entity_id = f.id
                        ORDER BY l.fact_id DESC
                        LIMIT 100
                    ) AS l
                    JOIN memdb.facts AS x ON x.org_id = :org_id AND x.id = l.fact_id
                    JOIN memdb.fact_entities AS other ON other.org_id = :org_id AND other.fact_id = l.fact_id
                    WHERE x.deleted_at IS NULL
                        AND memdb.holds(x, coalesce(:as_of, statement_timestamp()), NULL)
                ) AS named
                WHERE :fact_weight > 0
            ) AS way
            WHERE NOT EXISTS (SELECT FROM unnest(s.seen) AS seen (id) WHERE seen.id = way.id)
            GROUP BY way.id
        ) AS r
    ) AS step
    WHERE s.hop < :depth::int
        AND step.ids IS NOT NULL
)
SELECT
    e.id AS entity_id,
    e.type,
    e.key,
    e.name,
    s.hop,
    a.activation
FROM spread AS s
CROSS JOIN LATERAL unnest(s.frontier, s.activations) AS a (id, activation)
-- Looked up one by one: otherwise the planner might read all of the tenant's entities.
CROSS JOIN LATERAL (
    SELECT x.*
    FROM memdb.entities AS x
    WHERE x.org_id = :org_id
        AND x.id = a.id
    LIMIT 1
) AS e
WHERE s.hop > 0
    AND e.status = 'active'
    AND e.deleted_at IS NULL
ORDER BY a.activation DESC, e.id
LIMIT :limit::int
