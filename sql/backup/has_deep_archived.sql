-- Whether messages of the tenant's are stored elsewhere.
-- not null: found
SELECT
    EXISTS (
        SELECT FROM memdb.sessions AS s
        WHERE s.org_id = :org_id::memdb.tenant
            AND s.status = 'deep_archived'
    ) AS found
