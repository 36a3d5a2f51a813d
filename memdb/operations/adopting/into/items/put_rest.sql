-- Adds the parts missing from items that exist and that nobody has put since; returns their number.
WITH part AS MATERIALIZED (
    SELECT
        memdb.new_id() AS id,
        i.id AS item_id,
        o.language,
        a.path,
        coalesce(left(a.content, 100000), '') AS content,
        l2_normalize(a.embedding)::halfvec AS embedding
    FROM memdb.organizations AS o, pg_temp.adopted AS a
    CROSS JOIN LATERAL (
        SELECT i.id
        FROM memdb.items AS i
        WHERE i.org_id = :org_id::memdb.tenant
            AND i.path = memdb.path_of(a.namespace)
            AND i.key = a.key
            AND i.updated_at = coalesce(a.updated_at::timestamptz, now())
        LIMIT 1
    ) AS i
    WHERE o.id = :org_id
        AND a.path IS NOT NULL
        AND a.number BETWEEN :first::bigint AND :last::bigint
        AND NOT EXISTS (
            SELECT FROM memdb.item_parts AS p
            WHERE p.org_id = :org_id
                AND p.item_id = i.id
                AND p.path = a.path
        )
),
parted AS (
    INSERT INTO memdb.item_parts (org_id, id, item_id, language, path, content)
    SELECT
        :org_id,
        p.id,
        p.item_id,
        p.language,
        p.path,
        p.content
    FROM part AS p
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
    0 AS told,
    '0' AS digest
FROM part AS p
