-- Inserts the missing checkpoints; returns their number, and the digest of what was put.
WITH thread AS MATERIALIZED (
    SELECT
        t.id,
        t.external_id
    FROM (
        SELECT DISTINCT a.thread_id FROM pg_temp.adopted AS a WHERE a.number BETWEEN :first::bigint AND :last::bigint
    ) AS a
    JOIN memdb.threads AS t ON t.org_id = :org_id::memdb.tenant AND t.external_id = a.thread_id AND t.deleted_at IS NULL
),
put AS (
    INSERT INTO memdb.thread_checkpoints AS c (
        org_id, thread_id, namespace, id, parent_id, created_at, root_id, run_id, needs, versions, metadata, plain, state
    )
    SELECT
        w.org_id,
        t.id,
        a.namespace,
        a.id,
        a.parent_id,
        coalesce(a.created_at::timestamptz, now()),
        a.root_id,
        a.run_id,
        a.needs,
        a.versions,
        a.metadata,
        a.plain,
        a.state
    FROM memdb.writable_organizations AS w, pg_temp.adopted AS a
    JOIN thread AS t ON t.external_id = a.thread_id
    WHERE w.org_id = :org_id
        AND a.number BETWEEN :first AND :last
    ON CONFLICT (org_id, thread_id, namespace, id) DO NOTHING
    RETURNING c.*
)
SELECT
    count(*) AS added,
    count(*) AS told,
    :digest AS digest
FROM (
    SELECT
        concat_ws(
            chr(31),
            t.external_id,
            p.namespace,
            p.id,
            p.parent_id,
            p.versions,
            p.metadata,
            p.plain,
            p.state
        ) AS said
    FROM put AS p
    JOIN thread AS t ON t.id = p.thread_id
) AS d
