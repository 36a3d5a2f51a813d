-- Removes some of the messages of some sessions for good, which the caller has locked, archived ones, too.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT m.id
    FROM unnest(:ids::uuid[]) AS g (id)
    -- Each session in the order of its index: whoever looks for any of its messages might read the whole table where there are none.
    CROSS JOIN LATERAL (
        SELECT x.id
        FROM memdb.messages AS x
        WHERE x.org_id = :org_id::memdb.tenant
            AND x.session_id = g.id
        ORDER BY x.position
        LIMIT :limit::int
    ) AS m
    LIMIT :limit
),
doomed_in_archive AS MATERIALIZED (
    SELECT a.id
    FROM unnest(:ids) AS g (id)
    CROSS JOIN LATERAL (
        SELECT x.id
        FROM memdb.archived_messages AS x
        WHERE x.org_id = :org_id
            AND x.session_id = g.id
        ORDER BY x.position
        LIMIT :limit
    ) AS a
    LIMIT :limit
),
message_embeddings AS (
    DELETE FROM memdb.message_embeddings AS t
    WHERE t.org_id = :org_id
        AND t.message_id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.message_id
),
messages AS (
    DELETE FROM memdb.messages AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed AS d))
    RETURNING t.id
),
archived_messages AS (
    DELETE FROM memdb.archived_messages AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT d.id FROM doomed_in_archive AS d))
    RETURNING t.id
)
SELECT
    'messages' AS table_name,
    (SELECT count(*) FROM messages) AS rows
UNION ALL
SELECT
    'message_embeddings',
    (SELECT count(*) FROM message_embeddings)
UNION ALL
SELECT
    'archived_messages',
    (SELECT count(*) FROM archived_messages)
