-- The sessions whose last message was saved after a time (NULL: any), with the times of their first and last messages.
SELECT
    s.session_id,
    (SELECT m.timestamp FROM "{table}" AS m WHERE m.id = s.first) AS created_at,
    (SELECT m.timestamp FROM "{table}" AS m WHERE m.id = s.last) AS updated_at,
    s.length
FROM (
    SELECT
        m.session_id,
        min(m.id) AS first,
        max(m.id) AS last,
        max(m.saved_at) AS saved_at,
        count(*) AS length
    FROM "{table}" AS m
    GROUP BY m.session_id
) AS s
WHERE :since IS NULL
    OR s.saved_at > :since
