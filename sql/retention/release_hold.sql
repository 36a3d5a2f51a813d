-- Releases a legal hold. No row means that none of that name is in force.
WITH released AS (
    UPDATE memdb.legal_holds AS h
    SET
        released_at = now(),
        released_by = :actor::text,
        release_reason = :reason::text
    WHERE h.org_id = :org_id::memdb.tenant
        AND h.name = :name::text
        AND h.released_at IS NULL
    RETURNING h.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor,
        'legal_hold.release',
        'legal_hold',
        r.name,
        jsonb_strip_nulls(jsonb_build_object('reason', r.release_reason))
    FROM released AS r
)
SELECT
    h.id,
    h.name,
    h.user_id,
    h.agent_id,
    h.reason,
    h.placed_by,
    h.placed_at,
    h.released_by,
    h.released_at,
    h.release_reason
FROM released AS h
