-- Adds the next version of a role's prompt, and activates it if asked. Locking the row in prompts assigns the numbers to one writer at a
-- time. No row means that there is no such role.
-- not null: digest, active
WITH numbered AS (
    INSERT INTO memdb.prompts AS p (org_id, role_id, latest, active)
    SELECT
        w.org_id,
        r.id,
        1,
        CASE WHEN :activate::boolean THEN 1 END
    FROM memdb.writable_organizations AS w, memdb.roles AS r
    WHERE w.org_id = :org_id::memdb.tenant
        AND r.org_id = :org_id
        AND r.id = :role_id::uuid
        AND r.deleted_at IS NULL
    ON CONFLICT (org_id, role_id) DO UPDATE
        SET
            latest = p.latest + 1,
            active = CASE WHEN :activate THEN p.latest + 1 ELSE p.active END,
            updated_at = greatest(p.updated_at, now())
    RETURNING p.*
),
published AS (
    INSERT INTO memdb.prompt_versions AS v (org_id, role_id, number, content, created_by)
    SELECT
        n.org_id,
        n.role_id,
        n.latest,
        :content::text,
        :actor::text
    FROM numbered AS n
    RETURNING v.*
),
audited AS (
    INSERT INTO memdb.audit_log (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id,
        :actor,
        'prompt.publish',
        'role',
        v.role_id::text,
        jsonb_build_object('number', v.number, 'active', :activate)
    FROM published AS v
)
SELECT
    p.role_id,
    v.number,
    v.content,
    encode(v.digest, 'hex') AS digest,
    coalesce(p.active = v.number, false) AS active,
    v.created_by,
    v.created_at
FROM numbered AS p, published AS v
