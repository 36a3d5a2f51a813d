-- Marks a review as deleted. No row means that there is no such review.
UPDATE code_reviews.reviews AS r
SET
    deleted_at = now(),
    version = r.version + 1,
    updated_at = now()
WHERE r.org_id = :org_id::memdb.tenant
    AND r.id = :id::uuid
    AND r.deleted_at IS NULL
RETURNING r.version
