-- Lets nobody refer to the organization, its users or its agents until the end of the transaction; says how many they are.
-- not null: count
WITH organization AS MATERIALIZED (
    SELECT o.id
    FROM memdb.organizations AS o
    WHERE o.id = :org_id::memdb.tenant
    FOR UPDATE
),
members AS MATERIALIZED (
    SELECT u.id
    FROM memdb.users AS u
    WHERE u.org_id = :org_id
    ORDER BY u.id
    FOR UPDATE
),
actors AS MATERIALIZED (
    SELECT a.id
    FROM memdb.agents AS a
    WHERE a.org_id = :org_id
    ORDER BY a.id
    FOR UPDATE
)
SELECT (SELECT count(*) FROM organization) + (SELECT count(*) FROM members) + (SELECT count(*) FROM actors) AS count
