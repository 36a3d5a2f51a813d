-- The review with this id, unless it is deleted.
SELECT
    r.id,
    r.agent_id,
    r.user_id,
    r.repository,
    r.pull_request,
    r.verdict,
    r.summary,
    r.version,
    r.created_at,
    r.updated_at
FROM code_reviews.reviews AS r
WHERE r.org_id = :org_id::memdb.tenant
    AND r.id = :id::uuid
    AND r.deleted_at IS NULL
