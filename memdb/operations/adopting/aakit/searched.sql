-- The messages that can be searched for by words: all except encrypted ones.
SELECT
    r.session_id,
    r.position,
    r.timestamp,
    r.role,
    r.content,
    r.metadata,
    r.sealed
FROM (
    SELECT
        r.*,
        CAST(row_number() OVER (PARTITION BY r.session_id ORDER BY r.id) AS integer) AS position
    FROM :"conversations" AS r
) AS r
WHERE r.sealed IS NULL
    OR r.sealed NOT LIKE '%aes%'
ORDER BY
    r.session_id,
    r.position
