-- The messages after the newest summary of a live session that is not stale, except the last messages, which are kept. One row if their
-- number or tokens exceed the given limits. Of the messages that follow, the first 1,001 are read and the first 1,000 reported.
-- not null: first_position, last_position, messages, tokens, edits
WITH summary AS MATERIALIZED (
    SELECT
        y.id,
        y.last_position
    FROM memdb.session_summaries AS y
    WHERE y.org_id = :org_id::memdb.tenant
        AND y.session_id = :session_id::uuid
        AND (:strategy::text IS NULL OR y.strategy = :strategy)
        -- Uses the index on edits: few edits follow the summary, but it covers many messages.
        AND (
            SELECT m.edit FROM memdb.messages AS m
            WHERE m.org_id = :org_id
                AND m.session_id = y.session_id
                AND m.edit > y.edits
                AND (m.position BETWEEN y.first_position AND y.last_position) IS TRUE
            ORDER BY m.edit
            LIMIT 1
        ) IS NULL
    ORDER BY y.last_position DESC, y.id DESC
    LIMIT 1
),
-- Never NULL, because under row-level security an index scan cannot use a condition with coalesce().
place AS MATERIALIZED (
    SELECT coalesce((SELECT y.last_position FROM summary AS y), 0) AS summarised
),
unsummarised AS MATERIALIZED (
    SELECT
        m.position,
        m.tokens,
        row_number() OVER (ORDER BY m.position) AS nth
    FROM memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = :session_id
        AND m.position > (SELECT p.summarised FROM place AS p)
        AND m.deleted_at IS NULL
    ORDER BY m.position
    LIMIT 1001
),
kept AS MATERIALIZED (
    SELECT min(k.position) AS position
    FROM (
        SELECT m.position
        FROM memdb.messages AS m
        WHERE m.org_id = :org_id
            AND m.session_id = :session_id
            AND m.deleted_at IS NULL
        ORDER BY m.position DESC
        LIMIT :keep::int
    ) AS k
)
SELECT
    min(u.position) AS first_position,
    max(u.position) AS last_position,
    count(*) AS messages,
    sum(u.tokens) AS tokens,
    s.edits,
    (SELECT y.id FROM summary AS y) AS after
FROM memdb.sessions AS s, kept AS k, unsummarised AS u
WHERE s.org_id = :org_id
    AND s.id = :session_id
    AND s.deleted_at IS NULL
    AND u.nth <= 1000
    AND u.position < coalesce(k.position, 2147483647)
    AND (
        (SELECT count(*) FROM unsummarised AS a) > :messages::int
        OR (SELECT sum(a.tokens) FROM unsummarised AS a) > :tokens::int
    )
GROUP BY s.id, s.edits
HAVING count(*) > 0
