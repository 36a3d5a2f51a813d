-- Invalidates the edges from an entity, to it, or both, of one type or of all, and returns their number.
-- not null: count
WITH locked AS MATERIALIZED (
    SELECT
        e.id,
        e.agent_id
    FROM memdb.edges AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = ANY (
            ARRAY(
                SELECT o.id
                FROM memdb.edges AS o
                WHERE o.org_id = :org_id
                    AND o.source_id = :entity_id::uuid
                    AND :direction::text IN ('out', 'both')
                    AND (:type::text IS NULL OR o.type = memdb.edge_type(:type))
                UNION ALL
                SELECT i.id
                FROM memdb.edges AS i
                WHERE i.org_id = :org_id
                    AND i.target_id = :entity_id
                    AND :direction IN ('in', 'both')
                    AND (:type IS NULL OR i.type = memdb.edge_type(:type))
            )
        )
        AND e.invalidated_at IS NULL
    -- The order in which all statements lock edges.
    ORDER BY e.source_id, e.target_id, e.type
    FOR NO KEY UPDATE
),
invalidated AS (
    UPDATE memdb.edges AS e
    SET
        invalidated_at = now(),
        updated_at = greatest(e.updated_at, now()),
        version = e.version + 1
    FROM memdb.writers AS w
    WHERE e.org_id = :org_id
        AND e.id = ANY (ARRAY(SELECT l.id FROM locked AS l))
        AND w.org_id = :org_id
        AND w.id = ANY (ARRAY(SELECT l.agent_id FROM locked AS l))
        AND w.id = e.agent_id
        AND memdb.takes_writes(w, e.agent_id)
    RETURNING e.id
)
SELECT count(*) AS count
FROM invalidated
