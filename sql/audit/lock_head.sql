-- Locks the tenant's chain until the end of the transaction.
INSERT INTO memdb.audit_heads AS h (org_id)
VALUES (:org_id::memdb.tenant)
ON CONFLICT (org_id) DO UPDATE SET seq = h.seq
