-- Removes some of the messages of some sessions for good, which the caller has locked, archived ones, too.
-- not null: table_name, rows
WITH doomed AS MATERIALIZED (
    SELECT m.id
    FROM memdb.messages AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.session_id = ANY (:ids::uuid[])
    LIMIT :limit::int
),
doomed_in_archive AS MATERIALIZED (
    SELECT a.id
    FROM memdb.archived_messages AS a
    WHERE a.org_id = :org_id
        AND a.session_id = ANY (:ids)
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
