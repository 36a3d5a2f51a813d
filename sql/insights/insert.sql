-- Adds insights to an agent. Each field is a list in the order of the insights. If the agent already has one with the same id, title and
-- content, returns that unchanged. No rows mean that there is no such agent. `support` holds the fields that are themselves lists: fact_ids
-- and event_ids.
-- not null: id, agent_id, type, title, content, confidence, importance, reinforcements, status, embedded, metadata, version, detected_at,
-- not null: reinforced_at, created_at, updated_at
WITH writer AS MATERIALIZED (
    SELECT
        w.id,
        w.language
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
given AS MATERIALIZED (
    SELECT
        coalesce(g.given_id, memdb.new_id()) AS id,
        g.*
    FROM unnest(
        :id::uuid[], :type::text[], :title::text[], :content::text[], :embedding::halfvec[], :support::jsonb[], :confidence::float8[],
        :importance::float8[], :user_id::uuid[], :detected_at::timestamptz[], :metadata::jsonb[]
    ) WITH ORDINALITY AS g (
        given_id, type, title, content, embedding, support, confidence, importance, user_id, detected_at, metadata, number
    )
),
known AS MATERIALIZED (
    SELECT i.*
    FROM writer, memdb.insights AS i
    WHERE i.org_id = :org_id
        AND i.id = ANY (:id)
        AND i.agent_id = writer.id
        AND i.deleted_at IS NULL
        AND ((i.id, i.title, i.content) IN (SELECT g.id, g.title, g.content FROM given AS g)) IS TRUE
),
-- The first of identical items. An item with the id of something else passes, and the primary key refuses it.
new AS MATERIALIZED (
    SELECT DISTINCT ON (g.id, g.title, g.content) g.*
    FROM given AS g
    WHERE ((g.id, g.title, g.content) IN (SELECT k.id, k.title, k.content FROM known AS k)) IS NOT TRUE
    ORDER BY g.id, g.title, g.content, g.number
),
inserted AS (
    INSERT INTO memdb.insights AS i (
        org_id, id, agent_id, user_id, detected_at, reinforced_at, confidence, importance, embedded, language, type, title, content, metadata
    )
    SELECT
        :org_id,
        n.id,
        writer.id,
        n.user_id,
        coalesce(n.detected_at, now()),
        coalesce(n.detected_at, now()),
        n.confidence,
        n.importance,
        n.embedding IS NOT NULL,
        writer.language,
        n.type,
        n.title,
        n.content,
        coalesce(n.metadata, '{}')
    FROM writer, new AS n
    -- Sorted by id, so that concurrent writers of the same ids do not deadlock.
    ORDER BY n.id
    RETURNING i.*
),
embedding AS (
    INSERT INTO memdb.insight_embeddings (org_id, insight_id, agent_id, space, embedding)
    SELECT
        :org_id,
        n.id,
        writer.id,
        :space::smallint,
        n.embedding
    -- Counting the inserted rows makes a violation of the insights' primary key come first.
    FROM (SELECT count(*) FROM inserted) AS made, writer, new AS n
    WHERE n.embedding IS NOT NULL
),
facts AS (
    INSERT INTO memdb.insight_facts (org_id, insight_id, fact_id)
    SELECT DISTINCT
        :org_id,
        n.id,
        f.id::uuid
    FROM (SELECT count(*) FROM inserted) AS made, writer, new AS n, jsonb_array_elements_text(n.support -> 'fact_ids') AS f (id)
    ORDER BY f.id::uuid
),
events AS (
    INSERT INTO memdb.insight_events (org_id, insight_id, event_id)
    SELECT DISTINCT
        :org_id,
        n.id,
        e.id::uuid
    FROM (SELECT count(*) FROM inserted) AS made, writer, new AS n, jsonb_array_elements_text(n.support -> 'event_ids') AS e (id)
    ORDER BY e.id::uuid
)
SELECT
    i.id,
    i.agent_id,
    i.user_id,
    i.type,
    i.title,
    i.content,
    i.confidence,
    i.importance,
    i.reinforcements,
    i.status,
    i.embedded,
    i.metadata,
    i.version,
    i.detected_at,
    i.reinforced_at,
    i.created_at,
    i.updated_at
FROM (
    SELECT * FROM inserted
    UNION ALL
    SELECT * FROM known
) AS i
-- The places of each in the input. Not a join: a generic plan estimates few rows for each side and might compare them pairwise, without a
-- hash.
CROSS JOIN unnest(array_positions(ARRAY(SELECT g.id FROM given AS g ORDER BY g.number), i.id)) AS place (number)
ORDER BY place.number
