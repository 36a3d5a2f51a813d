-- The embedding space of a model, or the current one.
SELECT
    s.space,
    s.dimension,
    s.model
FROM memdb.embedding_spaces AS s
WHERE CASE WHEN :model::text IS NULL THEN s.current_since IS NOT NULL ELSE s.model = :model END
ORDER BY s.current_since DESC NULLS LAST
LIMIT 1
