-- The facts that name entities reachable by edges from the given ones, best first. A fact that names several of them counts by the best. Of
-- the facts of one entity, newer ones score higher, so only the newest :limit by id are read for each.
-- not null: entity_id, hop, path, edge_id, weight, score
WITH reached AS MATERIALIZED (
    SELECT
        n.*,
        memdb.days_between(n.edge_at, coalesce(:as_of::timestamptz, now())) AS edge_age,
        coalesce(position(memdb.lowered(e.name) IN memdb.lowered(:text::text)) > 0, false) AS is_named
    FROM memdb.neighbourhood(
        :org_id::memdb.tenant, :entity_ids::uuid[], :depth::int, :direction::text, :types::text[], :min_weight::float8,
        :min_far_weight::float8, coalesce(:as_of, now()), :breadth::int
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
),
best AS (
    SELECT DISTINCT ON (f.id)
        f.id,
        f.content,
        f.attribute,
        r.entity_id,
        r.hop,
        r.path,
        r.edge_id,
        r.weight,
        memdb.graph_score(
            r.weight, memdb.days_between(f.ingested_at, coalesce(:as_of, now())), r.edge_age, r.is_named, r.hop
        ) AS score
    FROM reached AS r
    CROSS JOIN LATERAL (
        SELECT
            f.id,
            f.content,
            f.attribute,
            f.ingested_at
        FROM memdb.fact_entities AS l
        JOIN memdb.facts AS f ON f.org_id = :org_id AND f.id = l.fact_id
        WHERE l.org_id = :org_id
            AND l.entity_id = r.entity_id
            AND f.deleted_at IS NULL
            AND memdb.holds(f, coalesce(:as_of, statement_timestamp()), NULL)
        ORDER BY l.fact_id DESC
        LIMIT :limit::int
    ) AS f
    ORDER BY f.id, score DESC, r.entity_id
)
SELECT
    b.id AS fact_id,
    b.content,
    b.attribute,
    b.entity_id,
    b.hop,
    string_to_array(b.path, ',')::uuid[] AS path,
    b.edge_id,
    b.weight,
    b.score
FROM best AS b
ORDER BY b.score DESC, b.id DESC
LIMIT :limit
