-- Undoes a merge, by memdb.undo_entity_merge. No row means that there is no such merge.
-- not null: id, agent_id, merged_id, into_id, facts, edges, aliases, mentions, merged_at, left_over
SELECT
    (u.undone).id,
    (u.undone).agent_id,
    (u.undone).merged_id,
    (u.undone).into_id,
    (u.undone).reason,
    (u.undone).facts,
    (u.undone).edges,
    (u.undone).aliases,
    (u.undone).mentions,
    (u.undone).merged_at,
    (u.undone).merged_by,
    (u.undone).undone_at,
    (u.undone).undone_by,
    u.left_over
FROM memdb.undo_entity_merge(:org_id::memdb.tenant, :merge_id::uuid, :actor::text) AS u
