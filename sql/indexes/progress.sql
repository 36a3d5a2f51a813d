-- The progress of the index that is being built in this database, if there is one.
-- not null: phase, done, total
SELECT
    coalesce(p.phase, '') AS phase,
    greatest(p.tuples_done, p.blocks_done) AS done,
    greatest(p.tuples_total, p.blocks_total) AS total
FROM pg_stat_progress_create_index AS p
WHERE p.datname = current_database()
ORDER BY p.pid
LIMIT 1
