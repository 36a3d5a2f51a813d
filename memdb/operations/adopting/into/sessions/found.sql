-- memdb's content for these sessions, including deleted ones.
SELECT
    g.number,
    jsonb_build_object(
        'title', s.title, 'metadata', s.metadata, 'created_at', s.created_at, 'updated_at', s.updated_at,
        'is_deleted', s.deleted_at IS NOT NULL
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.sessions AS s ON s.org_id = :org_id::memdb.tenant AND s.id = g.id
