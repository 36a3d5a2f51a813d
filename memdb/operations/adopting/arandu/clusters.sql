-- Clusters with their facts, without the embeddings of their summaries: a memdb centroid is the mean of the facts' embeddings.
SELECT
    c.agent_id AS agent,
    c.id::text AS id,
    jsonb_build_object(
        'label', c.label, 'summary', nullif(c.summary_text, ''), 'type', coalesce(nullif(c.cluster_type, ''), 'auto'),
        'importance', c.importance, 'status', CASE WHEN c.is_active THEN 'active' ELSE 'retired' END, 'created_at', c.created_at,
        'updated_at', c.last_updated_at, 'facts', coalesce(f.ids, '[]'),
        'is_deleted', false
    )::text AS said,
    NULL::text AS embedding
FROM :"memory_clusters" AS c
LEFT JOIN (
    SELECT
        f.agent_id,
        f.cluster_id,
        jsonb_agg(f.id ORDER BY f.id) AS ids
    FROM :"memory_facts" AS f
    WHERE f.cluster_id IS NOT NULL
    GROUP BY
        f.agent_id,
        f.cluster_id
) AS f ON f.cluster_id = c.id AND f.agent_id = c.agent_id
ORDER BY
    c.created_at,
    c.id
