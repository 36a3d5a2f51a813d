-- memdb's content for these intentions, including deleted ones.
SELECT
    g.number,
    jsonb_build_object(
        'trigger', i.trigger, 'condition', i.condition, 'action', i.action, 'due_at', i.due_at, 'status', i.status, 'context', i.context,
        'outcome', i.outcome, 'created_at', i.created_at, 'triggered_at', i.triggered_at, 'ended_at', i.ended_at,
        'embedded', i.embedded, 'is_deleted', i.deleted_at IS NOT NULL
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.intentions AS i ON i.org_id = :org_id::memdb.tenant AND i.id = g.id
