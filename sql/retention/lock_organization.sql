-- Locks the organization against concurrent purging, erasing and holding until the end of the transaction, without blocking its writers.
-- Also disables sequential scans: a table has the rows of all tenants, and a batch takes few of them, whatever the statistics suggest.
SELECT o.id
FROM memdb.organizations AS o
WHERE o.id = :org_id::memdb.tenant
    AND set_config('enable_seqscan', 'off', true) IS NOT NULL
FOR NO KEY UPDATE
