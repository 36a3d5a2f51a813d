-- A caller's statement over the messages indexed for searches, with each of its rows as JSON.
WITH {table} AS (
    SELECT
        i.value ->> 'session_id' AS session_id,
        i.value ->> 'role' AS role,
        i.value ->> 'content' AS content,
        to_timestamp((i.value ->> 'timestamp')::float8) AS timestamp,
        i.value -> 'metadata' AS metadata,
        i.created_at
    FROM memdb.items AS i
    WHERE i.org_id = :org_id::memdb.tenant
        AND i.path >= memdb.path_of(:namespace::text[])
        AND i.path < memdb.path_after(:namespace)
)
SELECT to_jsonb(q) AS row
FROM (
{statement}
) AS q
