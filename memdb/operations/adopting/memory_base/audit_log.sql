-- The audit log. In memdb, an entry's id and time are the database's own; the original ones are in its details.
SELECT
    l.id::text AS id,
    jsonb_build_object(
        'action', l.action, 'resource_type', l.resource_type, 'resource_id', nullif(l.resource_id, ''),
        'details', jsonb_build_object(
            'memory_base', jsonb_build_object('id', l.id, 'created_at', l.created_at, 'details', nullif(l.details, 'null'))
        )
    )::text AS said,
    NULL AS embedding
FROM :"audit_logs" AS l
ORDER BY
    l.created_at,
    l.id
