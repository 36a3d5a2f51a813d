-- Those of some sessions, which the caller has locked, in which nothing has happened since a time.
SELECT s.id
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = ANY (:ids::uuid[])
    AND s.active_at < :idle_since::timestamptz
    AND s.deleted_at IS NULL
