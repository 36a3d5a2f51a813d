-- Removes all but the newest messages of a session; NULL keeps all.
DELETE FROM "{table}"
WHERE session_id = :session_id
    AND id <= (
        SELECT m.id
        FROM "{table}" AS m
        WHERE m.session_id = :session_id
            AND :keep IS NOT NULL
        ORDER BY m.id DESC
        LIMIT 1
        OFFSET coalesce(:keep, 0)
    )
