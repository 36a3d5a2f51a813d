-- Those of the given sessions, locked by the caller, that have been idle since a time.
SELECT s.id
FROM memdb.sessions AS s
WHERE s.org_id = :org_id::memdb.tenant
    AND s.id = ANY (:ids::uuid[])
    AND s.active_at < :idle_since::timestamptz
    AND s.deleted_at IS NULL
