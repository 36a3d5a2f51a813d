-- Take the lock of those who migrate this database, for this session; false if another session has it. It goes with the session.
-- not null: pg_try_advisory_lock
SELECT pg_try_advisory_lock(hashtextextended('memdb migrations', 0))
