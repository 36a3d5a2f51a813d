-- Inserts the missing items with their parts; returns their number, and the digest of what was put.
WITH put AS (
    INSERT INTO memdb.items AS i (
        org_id, id, agent_id, user_id, created_at, updated_at, expires_at, time_to_live, namespace, key, value, letters
    )
    SELECT
        w.org_id,
        a.id,
        :agent_id::uuid,
        :user_id::uuid,
        coalesce(a.created_at::timestamptz, a.updated_at::timestamptz, now()),
        coalesce(a.updated_at::timestamptz, now()),
        a.expires_at::timestamptz,
        a.time_to_live::interval,
        a.namespace,
        a.key,
        a.value,
        a.letters
    FROM memdb.writable_organizations AS w, pg_temp.adopted AS a
    WHERE w.org_id = :org_id::memdb.tenant
        AND a.value IS NOT NULL
        AND a.number BETWEEN :first::bigint AND :last::bigint
    ON CONFLICT (org_id, path, key) DO NOTHING
    RETURNING
        i.id,
        i.namespace,
        i.key,
        i.value
),
part AS MATERIALIZED (
    SELECT
        memdb.new_id() AS id,
        p.id AS item_id,
        o.language,
        a.path,
        coalesce(left(a.content, 100000), '') AS content,
        l2_normalize(a.embedding)::halfvec AS embedding
    FROM memdb.organizations AS o, pg_temp.adopted AS a
    JOIN put AS p USING (id)
    WHERE o.id = :org_id
        AND a.path IS NOT NULL
        AND a.number BETWEEN :first AND :last
),
parted AS (
    INSERT INTO memdb.item_parts AS x (org_id, id, item_id, language, path, content)
    SELECT
        :org_id,
        p.id,
        p.item_id,
        p.language,
        p.path,
        p.content
    FROM part AS p
    RETURNING
        x.item_id,
        x.path,
        x.content
),
embedded AS (
    INSERT INTO memdb.item_part_embeddings (org_id, item_part_id, item_id, space, embedding)
    SELECT
        :org_id,
        p.id,
        p.item_id,
        :space::smallint,
        p.embedding
    FROM part AS p
    WHERE p.embedding IS NOT NULL
)
SELECT
    count(*) AS added,
    count(*) AS told,
    :digest AS digest
FROM (
    SELECT concat_ws(chr(31), array_to_string(p.namespace, chr(30)), p.key, p.value, x.path, x.content) AS said
    FROM put AS p
    LEFT JOIN parted AS x ON x.item_id = p.id
) AS d
