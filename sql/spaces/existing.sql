-- The embedding spaces, oldest first.
-- not null: is_current
SELECT
    s.space,
    s.dimension,
    s.model,
    s.space = first_value(s.space) OVER (ORDER BY s.current_since DESC NULLS LAST) AS is_current,
    s.created_at,
    s.current_since
FROM memdb.embedding_spaces AS s
ORDER BY s.space
