-- The live entities that edges lead to from the given ones, nearest first; at the same distance, highest score first.
-- not null: entity_id, hop, path, edge_id, weight, score
WITH reached AS MATERIALIZED (
    SELECT
        n.hop,
        n.entity_id,
        n.edge_id,
        n.weight,
        n.path,
        e.type,
        e.key,
        e.name,
        memdb.graph_score(
            n.weight,
            memdb.days_between(e.last_seen_at, coalesce(:as_of::timestamptz, now())),
            memdb.days_between(n.edge_at, coalesce(:as_of, now())),
            false,
            n.hop
        ) AS score
    FROM memdb.neighbourhood(
        :org_id::memdb.tenant, :entity_ids::uuid[], :depth::int, :direction::text,
        :types::text[], :min_weight::float8, :min_far_weight::float8, coalesce(:as_of, now()), :breadth::int
    ) AS n
    -- Looked up one by one: otherwise the planner might read all of the tenant's entities.
    CROSS JOIN LATERAL (
        SELECT x.*
        FROM memdb.entities AS x
        WHERE x.org_id = :org_id
            AND x.id = n.entity_id
        LIMIT 1
    ) AS e
    WHERE e.status = 'active'
        AND e.deleted_at IS NULL
    ORDER BY n.hop, score DESC, n.entity_id
    LIMIT :limit::int
)
SELECT
    r.entity_id,
    r.type,
    r.key,
    r.name,
    r.hop,
    string_to_array(r.path, ',')::uuid[] AS path,
    r.edge_id,
    g.type AS edge_type,
    r.weight,
    r.score
FROM reached AS r
JOIN memdb.edges AS g ON g.org_id = :org_id AND g.id = r.edge_id
ORDER BY r.hop, r.score DESC, r.entity_id
