-- Attributes, which belong to no agent.
SELECT
    a.id::text AS id,
    jsonb_build_object(
        'key', a.key, 'status', CASE a.status WHEN 'active' THEN 'accepted' ELSE a.status END, 'value_type', a.value_type,
        'conflict_policy', a.conflict_policy, 'ttl_days', a.ttl_days, 'seen', a.seen_count, 'proposed_by', nullif(a.proposed_by, ''),
        'reason', nullif(a.reason, ''), 'example', nullif(a.example_raw_key, ''), 'first_seen_at', a.first_seen_at,
        'last_seen_at', a.last_seen_at, 'created_at', a.created_at
    )::text AS said,
    NULL::text AS embedding
FROM :"memory_attribute_registry" AS a
WHERE a.key ~ '^[a-z][a-z0-9_.]{0,63}$'
    AND a.status IN ('proposed', 'active')
    AND a.value_type IN ('string', 'number', 'boolean', 'date', 'json')
    AND a.conflict_policy IN ('supersede', 'keep_both', 'reject', 'highest_confidence')
ORDER BY a.key
