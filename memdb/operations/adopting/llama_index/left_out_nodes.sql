-- Rows replaced by a newer one of the same node, and those without a node.
SELECT
    :'vectors' AS source_table,
    json_build_object('id', n.id, 'node_id', n.node_id) AS row,
    CASE
        WHEN n.metadata_ ->> '_node_content' IS NULL THEN 'has no _node_content'
        ELSE 'of a node of which there is a newer row'
    END AS reason
FROM (
    SELECT
        v.id,
        v.node_id,
        v.metadata_,
        max(v.id) FILTER (WHERE v.metadata_ ->> '_node_content' IS NOT NULL) OVER (PARTITION BY v.node_id) AS newest
    FROM :"vectors" AS v
) AS n
WHERE n.id IS DISTINCT FROM n.newest
