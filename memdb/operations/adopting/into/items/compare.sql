-- The number of rows that are in memdb as read, the digest of what is there, and the numbers of the others.
SELECT
    count(*) FILTER (WHERE c.is_same) AS same,
    :digest AS digest,
    coalesce(array_agg(c.number) FILTER (WHERE NOT c.is_same), '{}') AS other
FROM (
    SELECT
        a.number,
        concat_ws(chr(31), array_to_string(i.namespace, chr(30)), i.key, i.value, p.path, p.content) AS said,
        coalesce(
            (a.value IS NULL OR (i.value = a.value AND i.letters IS NOT DISTINCT FROM a.letters))
            AND (a.updated_at IS NULL OR i.updated_at = a.updated_at::timestamptz)
            AND (a.path IS NULL OR p.content = coalesce(left(a.content, 100000), ''))
            AND (a.embedding IS NULL OR p.is_embedded),
            false
        ) AS is_same
    FROM pg_temp.adopted AS a
    LEFT JOIN LATERAL (
        SELECT
            i.id,
            i.namespace,
            i.key,
            i.updated_at,
            i.letters,
            CASE WHEN a.value IS NOT NULL THEN i.value END AS value
        FROM memdb.items AS i
        WHERE i.org_id = :org_id::memdb.tenant
            AND i.path = memdb.path_of(a.namespace)
            AND i.key = a.key
        LIMIT 1
    ) AS i ON true
    LEFT JOIN LATERAL (
        SELECT
            p.path,
            p.content,
            EXISTS (
                SELECT FROM memdb.item_part_embeddings AS e
                WHERE e.org_id = :org_id
                    AND e.item_part_id = p.id
                    AND e.space = :space::smallint
            ) AS is_embedded
        FROM memdb.item_parts AS p
        WHERE p.org_id = :org_id
            AND p.item_id = i.id
            AND p.path = a.path
        LIMIT 1
    ) AS p ON true
    WHERE a.number <> ALL (:refused::bigint[])
) AS c
