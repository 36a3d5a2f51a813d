-- The live users that another system calls so: the one that was made for it, or else whose id or address it is.
SELECT
    g.number,
    f.id
FROM unnest(:names::text[], :ids::uuid[]) WITH ORDINALITY AS g (name, id, number)
CROSS JOIN LATERAL (
    SELECT coalesce(
        (
            SELECT u.id
            FROM memdb.users AS u
            WHERE u.org_id = :org_id::memdb.tenant
                AND u.sso_provider = :system::text
                AND u.sso_subject = g.name
                AND u.deleted_at IS NULL
        ),
        (SELECT u.id FROM memdb.users AS u WHERE u.org_id = :org_id AND u.id = g.id AND u.deleted_at IS NULL),
        (
            SELECT u.id
            FROM memdb.users AS u
            WHERE u.org_id = :org_id
                AND u.email_key = memdb.lowered(g.name)
                AND u.deleted_at IS NULL
            ORDER BY u.email = g.name DESC, u.apart NULLS FIRST
            LIMIT 1
        )
    ) AS id
) AS f
WHERE f.id IS NOT NULL
