-- Removes a user's row, tokens and ended legal holds for good, once no memory refers to the user. Agents that the user created stay.
-- not null: table_name, rows
WITH token_uses AS (
    DELETE FROM memdb.token_uses AS t
    USING memdb.tokens AS k
    WHERE k.org_id = :org_id::memdb.tenant
        AND k.user_id = :user_id::uuid
        AND t.org_id = :org_id
        AND t.token_id = k.id
    RETURNING t.token_id
),
tokens AS (
    DELETE FROM memdb.tokens AS t
    WHERE t.org_id = :org_id
        AND t.user_id = :user_id
    RETURNING t.id
),
orphaned AS (
    UPDATE memdb.agents AS a
    SET created_by = NULL
    WHERE a.org_id = :org_id
        AND a.created_by = :user_id
),
legal_holds AS (
    DELETE FROM memdb.legal_holds AS t
    WHERE t.org_id = :org_id
        AND t.user_id = :user_id
    RETURNING t.id
),
users AS (
    DELETE FROM memdb.users AS t
    WHERE t.org_id = :org_id
        AND t.id = :user_id
    RETURNING t.id
)
SELECT
    'users' AS table_name,
    (SELECT count(*) FROM users) AS rows
UNION ALL
SELECT
    'tokens',
    (SELECT count(*) FROM tokens)
UNION ALL
SELECT
    'token_uses',
    (SELECT count(*) FROM token_uses)
UNION ALL
SELECT
    'legal_holds',
    (SELECT count(*) FROM legal_holds)
