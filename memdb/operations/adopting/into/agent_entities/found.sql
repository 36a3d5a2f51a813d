-- memdb's content for these entities, including deleted ones: by their ids, or by the key of a live one.
SELECT
    g.number,
    jsonb_build_object(
        'key', e.key, 'name', e.name, 'summary', e.summary, 'profile', e.profile, 'importance', e.importance, 'mentions', e.mentions,
        'first_seen_at', e.first_seen_at, 'last_seen_at', e.last_seen_at, 'summarised_at', e.summarised_at, 'profiled_at', e.profiled_at,
        'created_at', e.created_at, 'is_deleted', e.deleted_at IS NOT NULL, 'embedded', e.embedded
    )::text AS said
FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[]) WITH ORDINALITY AS g (agent_id, id, said, number)
CROSS JOIN LATERAL (
    SELECT e.*
    FROM memdb.entities AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND (e.id = g.id OR (e.agent_id = g.agent_id AND e.key = g.said::jsonb ->> 'key' AND e.deleted_at IS NULL))
    ORDER BY e.id <> g.id
    LIMIT 1
) AS e
