-- Creates the missing threads.
WITH begun AS (
    INSERT INTO memdb.threads AS t (org_id, agent_id, user_id, created_at, external_id)
    SELECT
        w.org_id,
        :agent_id::uuid,
        :user_id::uuid,
        coalesce(min(a.created_at::timestamptz), now()),
        a.thread_id
    FROM memdb.writable_organizations AS w, pg_temp.adopted AS a
    WHERE w.org_id = :org_id::memdb.tenant
        AND a.number BETWEEN :first::bigint AND :last::bigint
    GROUP BY
        w.org_id,
        a.thread_id
    ON CONFLICT (org_id, external_id) WHERE deleted_at IS NULL DO NOTHING
    RETURNING t.id
)
SELECT
    0 AS added,
    0 AS told,
    '0' AS digest
FROM (SELECT count(*) FROM begun) AS b
