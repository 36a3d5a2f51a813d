-- memdb's content for these attributes.
SELECT
    g.number,
    jsonb_build_object(
        'key', a.key, 'status', a.status, 'value_type', a.value_type, 'conflict_policy', a.conflict_policy,
        'ttl_days', (extract(epoch FROM a.time_to_live) / 86400)::int, 'seen', a.seen, 'proposed_by', a.proposed_by, 'reason', a.reason,
        'example', a.example, 'first_seen_at', a.first_seen_at, 'last_seen_at', a.last_seen_at, 'created_at', a.created_at
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.attributes AS a ON a.org_id = :org_id::memdb.tenant AND a.key = g.said::jsonb ->> 'key'
