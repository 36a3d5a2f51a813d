-- Adds events to an agent. Each field is a list in the order of the events. If the agent already has one with the same id and content,
-- returns that unchanged. No rows mean that there is no such agent.
-- not null: id, agent_id, content, source, importance, trace, embedded, occurred_at, created_at
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
        :id::uuid[], :content::text[], :embedding::halfvec[], :source::text[], :speaker::text[], :importance::float8[], :emotion::text[],
        :emotion_intensity::float8[], :energy::text[], :trace::jsonb[], :occurred_at::timestamptz[], :session_id::uuid[], :user_id::uuid[]
    ) WITH ORDINALITY AS g (
        given_id, content, embedding, source, speaker, importance, emotion, emotion_intensity, energy, trace, occurred_at, session_id,
        user_id, number
    )
),
known AS MATERIALIZED (
    SELECT e.*
    FROM writer, memdb.events AS e
    WHERE e.org_id = :org_id
        AND e.id = ANY (:id)
        -- Not `=`, which might make the planner read all of the agent's events.
        AND e.agent_id IS NOT DISTINCT FROM writer.id
        AND ((e.id, e.content) IN (SELECT g.id, g.content FROM given AS g)) IS TRUE
),
-- The first of identical items. An item with the id of something else passes, and the primary key refuses it.
new AS MATERIALIZED (
    SELECT DISTINCT ON (g.id, g.content) g.*
    FROM given AS g
    WHERE ((g.id, g.content) IN (SELECT k.id, k.content FROM known AS k)) IS NOT TRUE
    ORDER BY g.id, g.content, g.number
),
inserted AS (
    INSERT INTO memdb.events AS e (
        org_id, id, agent_id, session_id, user_id, occurred_at, importance, emotion_intensity, embedded, language, source, speaker, emotion,
        energy, content, trace
    )
    SELECT
        :org_id,
        n.id,
        writer.id,
        n.session_id,
        n.user_id,
        coalesce(n.occurred_at, now()),
        coalesce(n.importance, 0.5),
        n.emotion_intensity,
        n.embedding IS NOT NULL,
        writer.language,
        coalesce(n.source, 'api'),
        n.speaker,
        n.emotion,
        n.energy,
        n.content,
        coalesce(n.trace, '{}')
    FROM writer, new AS n
    -- Sorted by id, so that concurrent writers of the same ids do not deadlock.
    ORDER BY n.id
    RETURNING e.*
),
embedding AS (
    INSERT INTO memdb.event_embeddings (org_id, event_id, agent_id, space, embedding)
    SELECT
        :org_id,
        n.id,
        writer.id,
        :space::smallint,
        n.embedding
    -- Counting the inserted rows makes a violation of the events' primary key come first.
    FROM (SELECT count(*) FROM inserted) AS made, writer, new AS n
    WHERE n.embedding IS NOT NULL
)
SELECT
    e.id,
    e.agent_id,
    e.session_id,
    e.user_id,
    e.content,
    e.source,
    e.speaker,
    e.importance,
    e.emotion,
    e.emotion_intensity,
    e.energy,
    e.trace,
    e.embedded,
    e.occurred_at,
    e.created_at
FROM (
    SELECT * FROM inserted
    UNION ALL
    SELECT * FROM known
) AS e
-- The places of each in the input. Not a join: a generic plan estimates few rows for each side and might compare them pairwise, without a
-- hash.
CROSS JOIN unnest(array_positions(ARRAY(SELECT g.id FROM given AS g ORDER BY g.number), e.id)) AS place (number)
ORDER BY place.number
