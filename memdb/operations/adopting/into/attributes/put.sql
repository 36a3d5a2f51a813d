-- Inserts missing attributes.
WITH put AS (
    INSERT INTO memdb.attributes AS a (
        org_id, created_at, updated_at, first_seen_at, last_seen_at, time_to_live, seen, status, value_type, conflict_policy, key,
        proposed_by, reason, example
    )
    SELECT
        w.org_id,
        s.created_at,
        greatest(s.created_at, s.last_seen_at),
        s.first_seen_at,
        s.last_seen_at,
        make_interval(days => s.ttl_days),
        s.seen,
        s.status,
        s.value_type,
        s.conflict_policy,
        s.key,
        s.proposed_by,
        s.reason,
        s.example
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS s (
        key text, status text, value_type text, conflict_policy text, ttl_days int, seen int, proposed_by text, reason text, example text,
        first_seen_at timestamptz, last_seen_at timestamptz, created_at timestamptz
    )
    JOIN memdb.writable_organizations AS w ON w.org_id = :org_id::memdb.tenant
    ON CONFLICT (org_id, key) DO NOTHING
    RETURNING a.key
)
SELECT count(*) AS rows
FROM put AS p
