-- Escalates two live memories whose contents conflict while both are valid. A pair that is already pending is returned unchanged. No row
-- means that one of the memories does not exist.
INSERT INTO memdb.memory_escalations AS e (org_id, memory_id, candidate_id, kind, subject, reason, created_by)
SELECT
    m.org_id,
    m.id,
    c.id,
    :kind::text,
    :subject::text,
    :reason::text,
    :actor::text
FROM memdb.memories AS m
JOIN memdb.writers AS w ON w.org_id = m.org_id AND w.id = m.agent_id
JOIN memdb.memories AS c ON c.org_id = m.org_id AND c.id = :candidate_id::uuid
WHERE m.org_id = :org_id::memdb.tenant
    AND w.org_id = :org_id
    AND memdb.takes_writes(w, m.agent_id)
    AND c.org_id = :org_id
    AND m.id = :memory_id::uuid
    AND m.deleted_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now())
    AND c.deleted_at IS NULL
    AND (c.expires_at IS NULL OR c.expires_at > now())
    AND memdb.must(
        tstzrange(m.valid_from, m.valid_until) && tstzrange(c.valid_from, c.valid_until),
        'candidate_id', 'must be of a memory that is valid at the same time: where one follows the other, supersede'
    )
ON CONFLICT (org_id, least(memory_id, candidate_id), greatest(memory_id, candidate_id)) WHERE status = 'pending'
    DO UPDATE SET status = e.status
RETURNING
    e.id,
    e.memory_id,
    e.candidate_id,
    e.kind,
    e.status,
    e.subject,
    e.reason,
    e.created_by,
    e.created_at,
    e.resolved_by,
    e.resolved_at,
    e.resolution
