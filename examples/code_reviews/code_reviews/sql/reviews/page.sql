-- A tenant's reviews, newest first: ids ascend with time.
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
    AND r.deleted_at IS NULL
    AND (:repository::text IS NULL OR r.repository = :repository)
    AND (:verdict::text IS NULL OR r.verdict = :verdict)
    AND (:before::uuid IS NULL OR r.id < :before)
ORDER BY r.id DESC
LIMIT :limit::int
