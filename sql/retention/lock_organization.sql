-- Makes purging, erasing and holding of the organization the caller's until the end of the transaction. Its writers are not held up. What it reads
-- from then on it reads by indexes: a table has all tenants' rows, and a batch takes few of them, whatever the statistics say of the rows before.
SELECT o.id
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
    AND set_config('enable_seqscan', 'off', true) IS NOT NULL
FOR NO KEY UPDATE
