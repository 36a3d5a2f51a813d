-- The entities of agents. Those that facts, aliases or relations only name by their keys have an id made from these.
SELECT
    e.agent_id AS agent,
    e.id::text AS id,
    jsonb_build_object(
        'key', e.canonical_key, 'name', coalesce(nullif(e.display_name, ''), split_part(e.canonical_key, ':', 2)),
        'summary', nullif(e.summary_text, ''), 'profile', nullif(e.profile_text, ''), 'importance', coalesce(e.importance_score, 0.5),
        'mentions', greatest(e.fact_count, 1), 'first_seen_at', e.first_seen_at, 'last_seen_at', e.last_seen_at,
        'summarised_at', e.summary_refreshed_at, 'profiled_at', e.profile_refreshed_at, 'created_at', e.created_at,
        'is_deleted', NOT e.is_active, 'embedded', e.embedding_vec IS NOT NULL
    )::text AS said,
    e.embedding_vec::text AS embedding
FROM :"memory_entities" AS e
UNION ALL
SELECT
    n.agent_id,
    md5(n.agent_id || chr(31) || n.key)::uuid::text,
    jsonb_build_object(
        'key', n.key, 'name', coalesce(nullif(max(n.name), ''), split_part(n.key, ':', 2)), 'summary', NULL, 'profile', NULL,
        'importance', 0.5, 'mentions', 1, 'first_seen_at', min(n.at), 'last_seen_at', max(n.at), 'summarised_at', NULL, 'profiled_at', NULL,
        'created_at', min(n.at), 'is_deleted', false, 'embedded', false
    )::text,
    NULL
FROM (
    SELECT f.agent_id, f.entity_key AS key, f.entity_name AS name, f.created_at AS at FROM :"memory_facts" AS f
    UNION ALL
    SELECT r.agent_id, k.key, NULL, r.created_at
    FROM :"memory_entity_relationships" AS r, unnest(ARRAY[r.source_entity_key, r.target_entity_key]) AS k (key)
    UNION ALL
    SELECT l.agent_id, l.entity_key, NULL, f.created_at FROM :"memory_fact_entity_links" AS l JOIN :"memory_facts" AS f ON f.id = l.fact_id
    UNION ALL
    SELECT a.agent_id, a.canonical_entity_key, NULL, a.created_at FROM :"memory_entity_aliases" AS a
) AS n
WHERE NOT EXISTS (SELECT FROM :"memory_entities" AS e WHERE e.agent_id = n.agent_id AND e.canonical_key = n.key)
GROUP BY
    n.agent_id,
    n.key
