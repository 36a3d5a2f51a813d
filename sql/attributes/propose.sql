-- Proposes an attribute, or counts one more proposal of an existing one, which stays unchanged. No row means that there is no such
-- organization.
INSERT INTO memdb.attributes AS a (org_id, key, value_type, conflict_policy, time_to_live, seen, proposed_by, reason, example)
SELECT
    w.org_id,
    :key::text,
    :value_type::text,
    :conflict_policy::text,
    :time_to_live::interval,
    1,
    :actor::text,
    :reason::text,
    :example::text
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id::memdb.tenant
ON CONFLICT (org_id, key) DO UPDATE
    SET
        seen = a.seen + 1,
        last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at)
RETURNING
    a.key,
    a.status,
    a.value_type,
    a.conflict_policy,
    a.time_to_live,
    a.seen,
    a.proposed_by,
    a.reason,
    a.example,
    a.version,
    a.first_seen_at,
    a.last_seen_at,
    a.created_at,
    a.updated_at
