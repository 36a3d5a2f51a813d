-- Records that an agent's entities were seen, by their names, in the order of the names. Existing entities get one more mention; others are
-- created. Without a threshold, a name means the entity with its key; with one, the entity that memdb.resolve_names finds. No rows mean
-- that there is no such agent. A row without an entity means that the entity was merged concurrently.
-- not null: name, candidates
WITH writer AS MATERIALIZED (
    SELECT
        w.id,
        w.language
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
wanted AS MATERIALIZED (
    SELECT
        g.number,
        g.name AS given_name,
        r.how,
        r.similarity,
        r.candidates,
        coalesce(e.type, g.type) AS type,
        coalesce(e.key, memdb.entity_key(g.type, g.name)) AS key,
        coalesce(e.name, g.name) AS name,
        coalesce(g.seen_at, now()) AS seen_at,
        g.importance,
        g.metadata
    FROM writer
    CROSS JOIN unnest(
        :type::text[], :name::text[], :seen_at::timestamptz[], :importance::float8[], :metadata::jsonb[]
    ) WITH ORDINALITY AS g (type, name, seen_at, importance, metadata, number)
    JOIN memdb.resolve_names(:org_id, :agent_id, :name, :type, :threshold::float8, :lowest::float8) AS r ON r.number = g.number
    LEFT JOIN memdb.entities AS e ON e.org_id = :org_id AND e.id = r.entity_id
    WHERE :plan_for_values::memdb.planned_for_values IS NOT NULL
        AND memdb.must(:threshold IS NULL OR :lowest <= :threshold, 'candidates_from', 'must not be more than threshold')
),
seen AS (
    INSERT INTO memdb.entities AS e (org_id, agent_id, first_seen_at, last_seen_at, importance, mentions, language, type, key, name, metadata)
    SELECT
        :org_id,
        writer.id,
        n.first_seen_at,
        n.last_seen_at,
        coalesce(n.importance, 0.5),
        n.mentions,
        writer.language,
        n.type,
        n.key,
        n.name,
        coalesce(n.metadata, '{}')
    FROM writer, (
        SELECT DISTINCT ON (w.key)
            w.type,
            w.key,
            w.name,
            w.importance,
            w.metadata,
            min(w.seen_at) OVER same AS first_seen_at,
            max(w.seen_at) OVER same AS last_seen_at,
            count(*) OVER same AS mentions
        FROM wanted AS w
        WINDOW same AS (PARTITION BY w.key)
        ORDER BY w.key, w.number
    ) AS n
    -- Sorted by key, so that concurrent writers of the same keys do not deadlock.
    ORDER BY n.key
    ON CONFLICT (org_id, agent_id, key) WHERE deleted_at IS NULL DO UPDATE
        SET
            first_seen_at = least(e.first_seen_at, excluded.first_seen_at),
            last_seen_at = greatest(e.last_seen_at, excluded.last_seen_at),
            mentions = e.mentions + excluded.mentions
        WHERE e.status = 'active'
    RETURNING
        e.*,
        e.xmax = 0 AS created
)
SELECT
    w.given_name AS name,
    CASE WHEN e.created THEN 'created' ELSE coalesce(w.how, 'exact') END AS how,
    CASE WHEN NOT e.created THEN coalesce(w.similarity, 1) END AS similarity,
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
    w.candidates
FROM wanted AS w
LEFT JOIN seen AS e ON e.key = w.key
ORDER BY w.number
