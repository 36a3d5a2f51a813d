-- Registers an accepted attribute: a new one, or the existing one, accepted and changed to the given values. If it already is so, nothing
-- changes. No row means that there is no such organization.
INSERT INTO memdb.attributes AS a (org_id, key, status, value_type, conflict_policy, time_to_live, proposed_by, reason, example)
SELECT
    w.org_id,
    :key::text,
    'accepted',
    :value_type::text,
    :conflict_policy::text,
    :time_to_live::interval,
    :actor::text,
    :reason::text,
    :example::text
FROM memdb.writable_organizations AS w
WHERE w.org_id = :org_id::memdb.tenant
ON CONFLICT (org_id, key) DO UPDATE
    SET
        status = CASE a.status WHEN 'accepted' THEN a.status ELSE memdb.next_attribute_status(a.status, 'accepted') END,
        value_type = excluded.value_type,
        conflict_policy = excluded.conflict_policy,
        time_to_live = excluded.time_to_live,
        reason = coalesce(excluded.reason, CASE WHEN 'reason' <> ALL (:cleared::text[]) THEN a.reason END),
        example = coalesce(excluded.example, CASE WHEN 'example' <> ALL (:cleared) THEN a.example END),
        updated_at = CASE WHEN (a.status, a.value_type, a.conflict_policy, a.time_to_live, a.reason, a.example) IS DISTINCT FROM
            (
                'accepted',
                excluded.value_type,
                excluded.conflict_policy,
                excluded.time_to_live,
                coalesce(excluded.reason, CASE WHEN 'reason' <> ALL (:cleared) THEN a.reason END),
                coalesce(excluded.example, CASE WHEN 'example' <> ALL (:cleared) THEN a.example END)
            ) THEN greatest(a.updated_at, excluded.updated_at) ELSE a.updated_at END,
        version = CASE WHEN (a.status, a.value_type, a.conflict_policy, a.time_to_live, a.reason, a.example) IS DISTINCT FROM
            (
                'accepted',
                excluded.value_type,
                excluded.conflict_policy,
                excluded.time_to_live,
                coalesce(excluded.reason, CASE WHEN 'reason' <> ALL (:cleared) THEN a.reason END),
                coalesce(excluded.example, CASE WHEN 'example' <> ALL (:cleared) THEN a.example END)
            ) THEN a.version + 1 ELSE a.version END
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
