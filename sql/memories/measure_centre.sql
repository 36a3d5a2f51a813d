-- The mean of the normalized embeddings of an agent's first 100 and last 100 live memories. No row means that fewer than 50 of these have
-- an embedding.
SELECT avg(l2_normalize(e.embedding)) AS centre
FROM memdb.memory_embeddings AS e
WHERE e.org_id = :org_id::memdb.tenant
    AND e.space = :space::smallint
    AND e.memory_id = ANY (
        ARRAY(
            (
                SELECT m.id
                FROM memdb.memories AS m
                WHERE m.org_id = :org_id
                    AND m.agent_id = :agent_id::uuid
                    AND m.deleted_at IS NULL
                ORDER BY m.id
                LIMIT 100
            )
            UNION
            (
                SELECT m.id
                FROM memdb.memories AS m
                WHERE m.org_id = :org_id
                    AND m.agent_id = :agent_id
                    AND m.deleted_at IS NULL
                ORDER BY m.id DESC
                LIMIT 100
            )
        )
    )
HAVING count(e.embedding) >= 50
