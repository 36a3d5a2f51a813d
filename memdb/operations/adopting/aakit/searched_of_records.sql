-- The messages that can be searched for by words.
SELECT
    r.session_id,
    r.position,
    r.timestamp,
    r.role,
    r.content,
    r.metadata,
    CAST(NULL AS text) AS sealed
FROM (
    SELECT
        r.*,
        CAST(row_number() OVER (PARTITION BY r.session_id ORDER BY r.timestamp, r.id) AS integer) AS position
    FROM :"memory_records" AS r
) AS r
ORDER BY
    r.session_id,
    r.position
