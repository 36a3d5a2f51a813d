-- Adds a review by an agent that takes writes. No row means that there is no such agent.
INSERT INTO code_reviews.reviews AS r (org_id, agent_id, user_id, repository, pull_request, verdict, summary)
SELECT
    w.org_id,
    w.id,
    :user_id::uuid,
    :repository::text,
    :pull_request::int,
    :verdict::text,
    :summary::text
FROM memdb.writers AS w
WHERE w.org_id = :org_id::memdb.tenant
    AND w.id = :agent_id::uuid
    AND memdb.takes_writes(w, :agent_id)
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
