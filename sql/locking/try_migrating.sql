-- Takes this database's migration lock for the session. False if another session holds it. It is released when the session ends.
-- not null: pg_try_advisory_lock
SELECT pg_try_advisory_lock(hashtextextended('memdb migrations', 0))
