-- Merges an entity into another of the same agent, by memdb.merge_entities. No row means that one of them does not exist.
-- not null: id, agent_id, merged_id, into_id, facts, edges, aliases, mentions, merged_at
SELECT
    m.id,
    m.agent_id,
    m.merged_id,
    m.into_id,
    m.reason,
    m.facts,
    m.edges,
    m.aliases,
    m.mentions,
    m.merged_at,
    m.merged_by,
    m.undone_at,
    m.undone_by
FROM memdb.merge_entities(:org_id::memdb.tenant, :id::uuid, :into_id::uuid, :reason::text, :actor::text) AS m
