-- Reads the words of a batch of the tenant's memories anew, in the organization's language where theirs is another; says where the batch ended.
WITH batch AS MATERIALIZED (
    SELECT m.id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND (:after::uuid IS NULL OR m.id > :after)
    ORDER BY m.id
    LIMIT :limit::int
),
reread AS (
    UPDATE memdb.memories AS m
    SET language = o.language
    FROM memdb.organizations AS o
    WHERE o.id = :org_id
        AND m.org_id = :org_id
        AND m.id = ANY (ARRAY(SELECT b.id FROM batch AS b))
        AND m.language <> o.language
)
SELECT b.id
FROM batch AS b
ORDER BY b.id DESC
LIMIT 1
