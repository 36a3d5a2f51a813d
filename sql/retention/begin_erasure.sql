-- Creates the receipt of an erasure and its entry in the audit log, unless one is in progress already.
WITH begun AS (
    INSERT INTO memdb.erasures AS e (org_id, user_id, erased_by)
    VALUES (
        :org_id::memdb.tenant,
        :user_id::uuid,
        :actor::text
    )
    ON CONFLICT (org_id, user_id) WHERE finished_at IS NULL DO NOTHING
    RETURNING
        e.org_id,
        e.user_id
)
INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id)
SELECT
    b.org_id,
    :actor,
    CASE WHEN b.user_id IS NULL THEN 'organization.erase' ELSE 'user.erase' END,
    CASE WHEN b.user_id IS NULL THEN 'organization' ELSE 'user' END,
    coalesce(b.user_id, b.org_id)::text
FROM begun AS b
