-- memdb's content for these summaries, including those of deleted sessions.
SELECT
    g.number,
    jsonb_build_object(
        'session', y.session_id, 'strategy', y.strategy, 'strategy_version', y.strategy_version, 'content', y.content,
        'structured', y.structured, 'created_at', y.created_at, 'is_deleted', s.deleted_at IS NOT NULL
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.session_summaries AS y ON y.org_id = :org_id::memdb.tenant AND y.id = g.id
JOIN memdb.sessions AS s ON s.org_id = :org_id AND s.id = y.session_id
