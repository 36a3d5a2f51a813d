-- memdb's content for these observations, including deleted ones.
SELECT
    g.number,
    jsonb_build_object(
        'content', o.content, 'topic', o.topic, 'entities', o.entities, 'message_ids', o.message_ids, 'observed_at', o.observed_at,
        'referenced_at', o.referenced_at, 'relative_offset', o.relative_offset, 'emotion', o.emotion, 'merged_into', o.merged_into,
        'status', o.status, 'metadata', o.metadata, 'embedded', o.embedded, 'is_deleted', o.deleted_at IS NOT NULL
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.session_observations AS o ON o.org_id = :org_id::memdb.tenant AND o.id = g.id
