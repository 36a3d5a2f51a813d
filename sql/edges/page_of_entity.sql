-- The edges from an entity, to it, or both, newest first, from a keyset cursor.
-- not null: id, agent_id, source_id, target_id, type, weight, assertions, metadata, version, created_at, updated_at
SELECT
    e.id,
    e.agent_id,
    e.source_id,
    e.target_id,
    e.type,
    e.weight,
    e.assertions,
    e.fact_id,
    e.provenance,
    e.valid_from,
    e.valid_until,
    e.invalidated_at,
    e.used_at,
    e.metadata,
    e.version,
    e.created_at,
    e.updated_at
FROM (
    (
        SELECT o.*
        FROM memdb.edges AS o
        WHERE o.org_id = :org_id::memdb.tenant
            AND o.source_id = :entity_id::uuid
            AND :direction::text IN ('out', 'both')
            AND (:type::text IS NULL OR o.type = memdb.edge_type(:type))
            AND (:ended::bool OR memdb.edge_holds(o, now()))
            AND (:before::uuid IS NULL OR o.id < :before)
        ORDER BY o.id DESC
        LIMIT :limit::int
    )
    UNION ALL
    (
        SELECT i.*
        FROM memdb.edges AS i
        WHERE i.org_id = :org_id
            AND i.target_id = :entity_id
            AND :direction IN ('in', 'both')
            AND (:type IS NULL OR i.type = memdb.edge_type(:type))
            AND (:ended OR memdb.edge_holds(i, now()))
            AND (:before IS NULL OR i.id < :before)
        ORDER BY i.id DESC
        LIMIT :limit
    )
) AS e
ORDER BY e.id DESC
LIMIT :limit
