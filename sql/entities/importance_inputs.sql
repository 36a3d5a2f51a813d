-- The inputs from which the importance of an agent's active entities is computed, in the order of their ids, from a keyset cursor.
-- not null: facts, retrievals, edges
WITH chosen AS MATERIALIZED (
    SELECT *
    FROM memdb.entities AS n
    WHERE n.org_id = :org_id::memdb.tenant
        AND n.agent_id = :agent_id::uuid
        AND n.status = 'active'
        AND n.deleted_at IS NULL
        AND (:after::uuid IS NULL OR n.id > :after)
    ORDER BY n.id
    LIMIT :limit::int
)
SELECT
    e.id,
    e.importance,
    e.mentions,
    e.last_seen_at,
    f.facts,
    f.retrievals,
    (
        SELECT count(*) FROM memdb.edges AS o
        WHERE o.org_id = :org_id
            AND o.source_id = e.id
            AND o.invalidated_at IS NULL
    ) + (
        SELECT count(*) FROM memdb.edges AS i
        WHERE i.org_id = :org_id
            AND i.target_id = e.id
            AND i.invalidated_at IS NULL
    ) AS edges
FROM chosen AS e, LATERAL (
    SELECT
        count(*) AS facts,
        coalesce(sum(f.retrievals), 0)::bigint AS retrievals
    FROM memdb.fact_entities AS l
    JOIN memdb.facts AS f ON f.org_id = l.org_id AND f.id = l.fact_id
    WHERE l.org_id = :org_id
        AND l.entity_id = e.id
        AND f.status = 'active'
        AND f.deleted_at IS NULL
) AS f
ORDER BY e.id
