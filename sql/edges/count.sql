-- The number of edges of an entity or an agent.
-- not null: count
SELECT count(*) AS count
FROM memdb.edges AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND memdb.must((:entity_id::uuid IS NULL) <> (:agent_id::uuid IS NULL), 'entity_id', 'or agent_id must be given, and not both')
    AND memdb.must(:agent_id IS NULL OR :direction::text = 'both', 'direction', 'must be both for an agent''s edges')
    AND (:agent_id IS NULL OR e.agent_id = :agent_id)
    AND (
        :entity_id IS NULL
        OR (e.source_id = :entity_id AND :direction IN ('out', 'both'))
        OR (e.target_id = :entity_id AND :direction IN ('in', 'both'))
    )
    AND (:type::text IS NULL OR e.type = memdb.edge_type(:type))
    AND (:ended::boolean OR memdb.edge_holds(e, now()))
