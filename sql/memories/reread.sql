-- Reads the words of a batch of what the tenant has anew, in the organization's language where theirs is another; says where the batch ended. No row
-- means that there was nothing.
-- not null: last
SELECT r.last
FROM memdb.reread_words(:org_id::memdb.tenant, :after::uuid, :limit::int) AS r (last)
WHERE r.last IS NOT NULL
