-- memdb's content for these entries of another audit log, whose own ids are in their details.
SELECT
    g.number,
    jsonb_build_object(
        'action', l.action, 'resource_type', l.resource_type, 'resource_id', l.resource_id, 'details', l.details
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
JOIN memdb.audit_log AS l
    ON
        l.org_id = :org_id::memdb.tenant
        AND l.resource_type = (g.said::jsonb ->> 'resource_type')
        AND l.resource_id IS NOT DISTINCT FROM (g.said::jsonb ->> 'resource_id')
        AND (l.details -> 'memory_base' ->> 'id') = g.id::text
