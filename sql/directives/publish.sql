-- Adds the next version of an agent's directive, and activates it if asked. Locking the row in directives assigns the numbers to one writer
-- at a time.
-- not null: digest, active
WITH numbered AS (
    INSERT INTO memdb.directives AS d (org_id, agent_id, latest, active, injection_mode)
    SELECT
        w.org_id,
        w.id,
        1,
        CASE WHEN :activate::boolean THEN 1 END,
        coalesce(:injection_mode::text, 'system_first')
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
    ON CONFLICT (org_id, agent_id) DO UPDATE
        SET
            latest = d.latest + 1,
            active = CASE WHEN :activate THEN d.latest + 1 ELSE d.active END,
            injection_mode = coalesce(:injection_mode, d.injection_mode),
            updated_at = greatest(d.updated_at, now())
    RETURNING d.*
),
published AS (
    INSERT INTO memdb.directive_versions AS v (org_id, agent_id, number, content, created_by)
    SELECT
        n.org_id,
        n.agent_id,
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
        'directive.publish',
        'agent',
        p.agent_id::text,
        jsonb_build_object('number', p.number, 'active', :activate)
    FROM published AS p
)
SELECT
    d.agent_id,
    v.number,
    v.content,
    encode(v.digest, 'hex') AS digest,
    d.injection_mode,
    coalesce(d.active = v.number, false) AS active,
    v.created_by,
    v.created_at
FROM numbered AS d, published AS v
