-- An agent's active entities whose summary was not refreshed since a time, those without one first, then the least recently refreshed; and
-- the number of active facts about each that came since.
-- not null: fresh_facts
WITH chosen AS MATERIALIZED (
    SELECT *
    FROM memdb.entities AS n
    WHERE n.org_id = :org_id::memdb.tenant
        AND n.agent_id = :agent_id::uuid
        AND n.status = 'active'
        AND n.deleted_at IS NULL
        AND coalesce(n.summarised_at, '-infinity') < :refreshed_before::timestamptz
    ORDER BY coalesce(n.summarised_at, '-infinity'), n.id
    LIMIT :limit::int
)
SELECT
    e.id,
    e.agent_id,
    e.type,
    e.key,
    e.name,
    e.summary,
    e.profile,
    e.importance,
    e.mentions,
    e.status,
    e.merged_into,
    e.embedded,
    e.metadata,
    e.version,
    e.first_seen_at,
    e.last_seen_at,
    e.summarised_at,
    e.profiled_at,
    e.created_at,
    e.updated_at,
    (
        SELECT count(*)
        FROM memdb.fact_entities AS l
        JOIN memdb.facts AS f ON f.org_id = l.org_id AND f.id = l.fact_id
        WHERE l.org_id = :org_id
            AND l.entity_id = e.id
            AND f.status = 'active'
            AND f.deleted_at IS NULL
            AND f.ingested_at > coalesce(e.summarised_at, '-infinity')
    ) AS fresh_facts
FROM chosen AS e
ORDER BY coalesce(e.summarised_at, '-infinity'), e.id
