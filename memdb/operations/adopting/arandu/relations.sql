-- Relations of entities to others.
SELECT
    r.agent_id AS agent,
    r.id::text AS id,
    jsonb_build_object(
        'source', r.source_entity_key, 'target', r.target_entity_key, 'type', r.rel_type, 'weight', r.strength,
        'fact', r.evidence_fact_id, 'provenance', nullif(r.provenance, ''), 'created_at', r.created_at, 'used_at', r.last_used_at,
        'valid_from', r.valid_from, 'valid_until', r.valid_to, 'invalidated_at', r.invalidated_at
    )::text AS said,
    NULL::text AS embedding
FROM :"memory_entity_relationships" AS r
WHERE r.source_entity_key <> r.target_entity_key
