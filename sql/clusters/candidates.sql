-- Compares a batch of an agent's active facts, from a keyset cursor, with the later ones. Returns the pairs that are similar enough,
-- nearest first, except those already together in an active cluster; and the last fact of the batch, or NULL if no more follow.
-- not null: pairs
WITH looked_at AS MATERIALIZED (
    SELECT f.id
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id::memdb.tenant
        AND f.agent_id = :agent_id::uuid
        AND f.status = 'active'
        AND f.deleted_at IS NULL
        AND (:after::uuid IS NULL OR f.id > :after)
    ORDER BY f.id
    LIMIT :limit::int
),
asked AS MATERIALIZED (
    SELECT
        e.fact_id,
        e.embedding
    FROM memdb.fact_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        AND e.agent_id = :agent_id
        AND e.fact_id = ANY (ARRAY(SELECT l.id FROM looked_at AS l))
),
near AS MATERIALIZED (
    SELECT
        a.fact_id,
        e.fact_id AS other_id,
        1 - a.distance AS similarity
    FROM memdb.fact_embeddings AS e
    -- OFFSET 0 makes each of the many embeddings be read once, and compared with the few.
    CROSS JOIN LATERAL (
        SELECT
            a.fact_id,
            a.embedding <=> e.embedding AS distance
        FROM asked AS a
        WHERE a.fact_id < e.fact_id
        OFFSET 0
    ) AS a
    WHERE e.org_id = :org_id
        AND e.space = :space
        AND e.agent_id = :agent_id
        AND e.fact_id = ANY (
            ARRAY(
                SELECT f.id
                FROM memdb.facts AS f
                WHERE f.org_id = :org_id
                    AND f.agent_id = :agent_id
                    AND f.status = 'active'
                    AND f.deleted_at IS NULL
                    AND f.id > (SELECT l.id FROM looked_at AS l ORDER BY l.id LIMIT 1)
            )
        )
        AND a.distance <= 1 - :min_similarity::float8
),
ranked AS (
    SELECT
        n.*,
        row_number() OVER (PARTITION BY n.fact_id ORDER BY n.similarity DESC, n.other_id) AS place
    FROM near AS n
    WHERE NOT EXISTS (
        SELECT FROM memdb.cluster_facts AS one
        JOIN memdb.cluster_facts AS other ON other.org_id = one.org_id AND other.cluster_id = one.cluster_id
        JOIN memdb.clusters AS c ON c.org_id = one.org_id AND c.id = one.cluster_id
        WHERE one.org_id = :org_id
            AND one.fact_id = n.fact_id
            AND other.fact_id = n.other_id
            AND c.status = 'active'
            AND c.deleted_at IS NULL
    )
)
SELECT
    coalesce(
        (
            SELECT jsonb_agg(
                jsonb_build_object('fact_id', r.fact_id, 'other_id', r.other_id, 'similarity', r.similarity) ORDER BY r.fact_id, r.place
            )
            FROM ranked AS r
            WHERE r.place <= :per_fact::int
        ),
        '[]'
    ) AS pairs,
    CASE
        WHEN (SELECT count(*) FROM looked_at) = :limit THEN (SELECT l.id FROM looked_at AS l ORDER BY l.id DESC LIMIT 1)
    END AS after
