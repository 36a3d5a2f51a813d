-- Recomputes the words of a batch of the tenant's rows whose language differs from the organization's, and returns the batch's last id. No
-- row means that there was nothing left.
-- not null: last
SELECT r.last
FROM memdb.reread_words(:org_id::memdb.tenant, :after::uuid, :limit::int) AS r (last)
WHERE r.last IS NOT NULL
