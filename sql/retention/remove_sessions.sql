-- Removes some sessions for good, which the caller has locked, once they have no messages. What was observed, learnt or intended in them, and what
-- happened, stays, without a session.
-- not null: table_name, rows
WITH session_summaries AS (
    DELETE FROM memdb.session_summaries AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.session_id = ANY (:ids::uuid[])
    RETURNING t.id
),
checkpoints AS (
    DELETE FROM memdb.checkpoints AS t
    WHERE t.org_id = :org_id
        AND t.session_id = ANY (:ids)
    RETURNING t.turn
),
session_events AS (
    DELETE FROM memdb.session_events AS t
    WHERE t.org_id = :org_id
        AND t.session_id = ANY (:ids)
    RETURNING t.id
),
released AS (
    UPDATE memdb.session_observations AS o
    SET session_id = NULL
    WHERE o.org_id = :org_id
        AND o.session_id = ANY (:ids)
),
released_events AS (
    UPDATE memdb.events AS e
    SET session_id = NULL
    WHERE e.org_id = :org_id
        AND e.session_id = ANY (:ids)
),
facts AS (
    UPDATE memdb.facts AS f
    SET session_id = NULL
    WHERE f.org_id = :org_id
        AND f.session_id = ANY (:ids)
),
released_intentions AS (
    UPDATE memdb.intentions AS n
    SET session_id = NULL
    WHERE n.org_id = :org_id
        AND n.session_id = ANY (:ids)
),
sessions AS (
    DELETE FROM memdb.sessions AS t
    WHERE t.org_id = :org_id
        AND t.id = ANY (:ids)
    RETURNING t.id
)
SELECT
    'sessions' AS table_name,
    (SELECT count(*) FROM sessions) AS rows
UNION ALL
SELECT
    'session_summaries',
    (SELECT count(*) FROM session_summaries)
UNION ALL
SELECT
    'checkpoints',
    (SELECT count(*) FROM checkpoints)
UNION ALL
SELECT
    'session_events',
    (SELECT count(*) FROM session_events)
