-- Soft-deletes live threads with their contents, and returns their number.
-- not null: threads
WITH deleted AS (
    UPDATE memdb.threads AS t
    SET deleted_at = now()
    FROM memdb.writable_organizations AS w
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.external_id = ANY (:thread_ids::text[])
        AND t.deleted_at IS NULL
        AND w.org_id = :org_id
    RETURNING t.id
)
SELECT count(*) AS threads
FROM deleted
