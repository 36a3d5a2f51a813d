-- What an agent's embeddings have in common: the mean of its first 100 and its last 100. No row means that it has fewer than 50.
SELECT avg(l2_normalize(s.embedding)) AS centre
FROM (
    (
        SELECT
            e.memory_id,
            e.embedding
        FROM memdb.memory_embeddings AS e
        WHERE e.org_id = :org_id::memdb.tenant
            AND e.agent_id = :agent_id::uuid
            AND e.space = :space::smallint
        ORDER BY e.memory_id
        LIMIT 100
    )
    UNION
    (
        SELECT
            e.memory_id,
            e.embedding
        FROM memdb.memory_embeddings AS e
        WHERE e.org_id = :org_id
            AND e.agent_id = :agent_id
            AND e.space = :space
        ORDER BY e.memory_id DESC
        LIMIT 100
    )
) AS s
HAVING count(s.embedding) >= 50
