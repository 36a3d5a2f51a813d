-- Changes the given fields of one attribute. NULL leaves a field unchanged, unless :cleared names it. Existing facts stay unchanged.
UPDATE memdb.attributes AS a
SET
    status = CASE WHEN :status::text <> a.status THEN memdb.next_attribute_status(a.status, :status) ELSE a.status END,
    value_type = coalesce(:value_type::text, a.value_type),
    conflict_policy = coalesce(:conflict_policy::text, a.conflict_policy),
    time_to_live = coalesce(:time_to_live::interval, CASE WHEN 'time_to_live' <> ALL (:cleared::text[]) THEN a.time_to_live END),
    reason = coalesce(:reason::text, CASE WHEN 'reason' <> ALL (:cleared) THEN a.reason END),
    example = coalesce(:example::text, CASE WHEN 'example' <> ALL (:cleared) THEN a.example END),
    updated_at = greatest(a.updated_at, now()),
    version = memdb.next_version(a.version, :expected_version::int)
FROM memdb.writable_organizations AS w
WHERE a.org_id = :org_id::memdb.tenant
    AND a.key = :key::text
    AND w.org_id = :org_id
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
