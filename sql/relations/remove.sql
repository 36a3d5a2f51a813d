-- Removes an edge, and returns whether it existed.
-- not null: removed
WITH removed AS (
    DELETE FROM memdb.memory_relations AS r
    USING memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.source_id = :source_id::uuid
        AND r.type = :type::text
        AND r.target_id = :target_id::uuid
    RETURNING r.source_id
)
SELECT EXISTS (SELECT FROM removed) AS removed
