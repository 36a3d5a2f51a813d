-- How often an agent came to each verdict.
-- not null: reviews
SELECT
    r.verdict,
    count(*) AS reviews
FROM code_reviews.reviews AS r
WHERE r.org_id = :org_id::memdb.tenant
    AND r.agent_id = :agent_id::uuid
    AND r.deleted_at IS NULL
GROUP BY r.verdict
ORDER BY count(*) DESC, r.verdict
