-- Makes purging, erasing and holding of the organization the caller's until the end of the transaction. Its writers are not held up.
SELECT o.id
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
FOR NO KEY UPDATE
