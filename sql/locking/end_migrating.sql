-- Give up the lock of those who migrate; false if this session does not have it.
-- not null: pg_advisory_unlock
SELECT pg_advisory_unlock(hashtextextended('memdb migrations', 0))
