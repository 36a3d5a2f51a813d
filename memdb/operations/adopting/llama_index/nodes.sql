-- Nodes; of those with the same id, the newest. Their text is in a separate column, not in the node.
SELECT DISTINCT ON (n.node_id)
    ARRAY['llama-index', 'vectors', regexp_replace(:'vectors', '^(.*\.)?(data_)?', '')] AS namespace,
    n.node_id AS key,
    n.metadata_::jsonb || jsonb_build_object(
        '_node_id', n.node_id,
        '_node_content', (
            (n.metadata_ ->> '_node_content')::jsonb || CASE n.metadata_ ->> '_node_type'
                WHEN 'Node' THEN jsonb_build_object('text_resource', jsonb_build_object('text', n.text))
                ELSE jsonb_build_object('text', n.text)
            END
        )::text
    ) AS value,
    NULL::text AS letters,
    NULL::text AS created_at,
    NULL::text AS updated_at,
    NULL::text AS expires_at,
    NULL::text AS time_to_live,
    '' AS path,
    n.text AS content,
    n.embedding::vector AS embedding
FROM :"vectors" AS n
WHERE n.metadata_ ->> '_node_content' IS NOT NULL
ORDER BY
    n.node_id,
    n.id DESC
