-- Places a legal hold on a user, an agent, or the whole organization. To be called only after lock_organization, in the same transaction,
-- so that a purge in progress ends first.
WITH placed AS (
    INSERT INTO memdb.legal_holds AS h (org_id, name, user_id, agent_id, reason, placed_by)
    VALUES (
        :org_id::memdb.tenant,
        :name::text,
        :user_id::uuid,
        :agent_id::uuid,
        :reason::text,
        :actor::text
    )
    RETURNING h.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor,
        'legal_hold.place',
        'legal_hold',
        p.name,
        jsonb_strip_nulls(jsonb_build_object('user_id', p.user_id, 'agent_id', p.agent_id, 'reason', p.reason))
    FROM placed AS p
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
FROM placed AS h
