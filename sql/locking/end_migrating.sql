-- Releases the migration lock. False if this session does not hold it.
-- not null: pg_advisory_unlock
SELECT pg_advisory_unlock(hashtextextended('memdb migrations', 0))
