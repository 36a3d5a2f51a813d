-- Inserts the missing values; returns their number, and the digest of what was put.
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
    INSERT INTO memdb.thread_values AS v (
        org_id, thread_id, namespace, channel, version, type, data
    )
    SELECT
        w.org_id,
        t.id,
        a.namespace,
        a.channel,
        a.version,
        a.type,
        a.data
    FROM memdb.writable_organizations AS w, pg_temp.adopted AS a
    JOIN thread AS t ON t.external_id = a.thread_id
    WHERE w.org_id = :org_id
        AND a.number BETWEEN :first AND :last
    ON CONFLICT (org_id, thread_id, namespace, channel, version) DO NOTHING
    -- Without the bytes, which would be kept until the digests are computed.
    RETURNING
        v.thread_id,
        v.namespace,
        v.channel,
        v.version,
        v.type,
        md5(v.data) AS data
)
SELECT
    count(*) AS added,
    count(*) AS told,
    :digest AS digest
FROM (
    SELECT concat_ws(chr(31), t.external_id, p.namespace, p.channel, p.version, p.type, p.data) AS said
    FROM put AS p
    JOIN thread AS t ON t.id = p.thread_id
) AS d
