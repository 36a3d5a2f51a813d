-- Removes memories for good, with all that hangs on them, and says how many rows of each table. What one of them had superseded or taken in
-- stays as it is, less the link. Only after lock_memories, in the same transaction.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT
        m.id,
        m.deleted_at
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.id = ANY (:ids::uuid[])
    ORDER BY m.id
    FOR UPDATE
),
unlinked AS (
    UPDATE memdb.memories AS m
    SET
        superseded_by = CASE WHEN m.superseded_by = ANY (:ids) THEN NULL ELSE m.superseded_by END,
        merged_into = CASE WHEN m.merged_into = ANY (:ids) THEN NULL ELSE m.merged_into END
    WHERE m.org_id = :org_id
        AND m.id <> ALL (:ids)
        AND (m.superseded_by = ANY (:ids) OR m.merged_into = ANY (:ids))
    RETURNING m.id
),
unlinked_versions AS (
    UPDATE memdb.memory_versions AS v
    SET
        superseded_by = CASE WHEN v.superseded_by = ANY (:ids) THEN NULL ELSE v.superseded_by END,
        merged_into = CASE WHEN v.merged_into = ANY (:ids) THEN NULL ELSE v.merged_into END
    FROM unlinked AS u
    WHERE v.org_id = :org_id
        AND v.memory_id = u.id
        AND (v.superseded_by = ANY (:ids) OR v.merged_into = ANY (:ids))
),
memory_versions AS (
    DELETE FROM memdb.memory_versions AS t
    WHERE t.org_id = :org_id
        AND t.memory_id = ANY (:ids)
    RETURNING t.memory_id
),
memory_tags AS (
    DELETE FROM memdb.memory_tags AS t
    WHERE t.org_id = :org_id
        AND t.memory_id = ANY (:ids)
    RETURNING t.memory_id
),
memory_embeddings AS (
    DELETE FROM memdb.memory_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.memory_id = ANY (:ids)
    RETURNING t.memory_id
),
memory_usage AS (
    DELETE FROM memdb.memory_usage AS t
    WHERE t.org_id = :org_id
        AND t.memory_id = ANY (:ids)
    RETURNING t.memory_id
),
memory_votes AS (
    DELETE FROM memdb.memory_votes AS t
    WHERE t.org_id = :org_id
        AND t.memory_id = ANY (:ids)
    RETURNING t.memory_id
),
memory_relations AS (
    DELETE FROM memdb.memory_relations AS t
    WHERE t.org_id = :org_id
        AND (t.source_id = ANY (:ids) OR t.target_id = ANY (:ids))
    RETURNING t.source_id
),
memory_escalations AS (
    DELETE FROM memdb.memory_escalations AS t
    WHERE t.org_id = :org_id
        AND (t.memory_id = ANY (:ids) OR t.candidate_id = ANY (:ids))
    RETURNING t.memory_id
),
memories AS (
    DELETE FROM memdb.memories AS m
    USING doomed AS d
    WHERE m.org_id = :org_id
        AND m.id = d.id
    RETURNING m.id
),
settled AS MATERIALIZED (
    SELECT
        memdb.take_quota(
            :org_id, 'memories', '-infinity', o.memory_quota, -(SELECT count(*) FROM doomed AS d WHERE d.deleted_at IS NULL)
        ) AS settled
    FROM memdb.organizations AS o
    WHERE o.id = :org_id
)
SELECT
    r.table_name,
    r.rows
FROM (
    SELECT
        'memories' AS table_name,
        (SELECT count(*) FROM memories) AS rows
    UNION ALL
    SELECT
        'memory_versions',
        (SELECT count(*) FROM memory_versions)
    UNION ALL
    SELECT
        'memory_tags',
        (SELECT count(*) FROM memory_tags)
    UNION ALL
    SELECT
        'memory_embeddings',
        (SELECT count(*) FROM memory_embeddings)
    UNION ALL
    SELECT
        'memory_usage',
        (SELECT count(*) FROM memory_usage)
    UNION ALL
    SELECT
        'memory_votes',
        (SELECT count(*) FROM memory_votes)
    UNION ALL
    SELECT
        'memory_relations',
        (SELECT count(*) FROM memory_relations)
    UNION ALL
    SELECT
        'memory_escalations',
        (SELECT count(*) FROM memory_escalations)
) AS r
WHERE (SELECT bool_and(s.settled) FROM settled AS s)
