-- How many messages a session has.
SELECT count(*) AS length
FROM "{table}" AS m
WHERE m.session_id = :session_id
