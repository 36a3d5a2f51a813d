-- Changes verdict and summary, unless the version is not the one that the caller has read. No row means that there is no such review.
UPDATE code_reviews.reviews AS r
SET
    verdict = :verdict::text,
    summary = :summary::text,
    version = memdb.next_version(r.version, :expected_version::int),
    updated_at = now()
WHERE r.org_id = :org_id::memdb.tenant
    AND r.id = :id::uuid
    AND r.deleted_at IS NULL
RETURNING
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
