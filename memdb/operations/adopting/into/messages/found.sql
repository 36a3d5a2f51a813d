-- memdb's content for these messages, including deleted ones.
SELECT
    g.number,
    jsonb_build_object(
        'session', coalesce(s.external_id, s.id::text), 'role', m.role, 'content', m.content, 'name', m.name, 'model', m.model,
        'sent_at', m.sent_at, 'metadata', m.metadata, 'is_deleted', m.deleted_at IS NOT NULL OR s.deleted_at IS NOT NULL, 'embedded', m.embedded
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.messages AS m ON m.org_id = :org_id::memdb.tenant AND m.id = g.id
JOIN memdb.sessions AS s ON s.org_id = :org_id AND s.id = m.session_id
