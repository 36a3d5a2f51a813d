-- Adds observations to an agent. Each field is a list in the order of the observations. If the agent already has one with the same id and
-- content, returns that unchanged. No rows mean that there is no such agent. `mentioned` holds the fields that are themselves lists:
-- entities and message_ids.
-- not null: id, agent_id, content, entities, message_ids, observed_at, status, embedded, metadata, version, created_at, updated_at
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
        :id::uuid[], :content::text[], :embedding::halfvec[], :topic::text[], :mentioned::jsonb[], :observed_at::timestamptz[],
        :referenced_at::timestamptz[], :relative_offset::text[], :emotion::text[], :emotion_intensity::float8[], :session_id::uuid[],
        :user_id::uuid[], :metadata::jsonb[]
    ) WITH ORDINALITY AS g (
        given_id, content, embedding, topic, mentioned, observed_at, referenced_at, relative_offset, emotion, emotion_intensity, session_id,
        user_id, metadata, number
    )
),
known AS MATERIALIZED (
    SELECT o.*
    FROM writer, memdb.session_observations AS o
    WHERE o.org_id = :org_id
        AND o.id = ANY (:id)
        AND o.agent_id = writer.id
        AND o.deleted_at IS NULL
        AND ((o.id, o.content) IN (SELECT g.id, g.content FROM given AS g)) IS TRUE
),
-- The first of identical items. An item with the id of something else passes, and the primary key refuses it.
new AS MATERIALIZED (
    SELECT DISTINCT ON (g.id, g.content) g.*
    FROM given AS g
    WHERE ((g.id, g.content) IN (SELECT k.id, k.content FROM known AS k)) IS NOT TRUE
    ORDER BY g.id, g.content, g.number
),
inserted AS (
    INSERT INTO memdb.session_observations AS o (
        org_id, id, agent_id, session_id, user_id, observed_at, referenced_at, emotion_intensity, embedded, language, topic, relative_offset,
        emotion, content, entities, message_ids, metadata
    )
    SELECT
        :org_id,
        n.id,
        writer.id,
        n.session_id,
        n.user_id,
        coalesce(n.observed_at, now()),
        n.referenced_at,
        n.emotion_intensity,
        n.embedding IS NOT NULL,
        writer.language,
        n.topic,
        n.relative_offset,
        n.emotion,
        n.content,
        ARRAY(SELECT DISTINCT e.entity FROM jsonb_array_elements_text(n.mentioned -> 'entities') AS e (entity) ORDER BY e.entity),
        ARRAY(SELECT DISTINCT m.id::uuid FROM jsonb_array_elements_text(n.mentioned -> 'message_ids') AS m (id) ORDER BY m.id::uuid),
        coalesce(n.metadata, '{}')
    FROM writer, new AS n
    -- Sorted by id, so that concurrent writers of the same ids do not deadlock.
    ORDER BY n.id
    RETURNING o.*
),
embedding AS (
    INSERT INTO memdb.observation_embeddings (org_id, observation_id, agent_id, space, embedding)
    SELECT
        :org_id,
        n.id,
        writer.id,
        :space::smallint,
        n.embedding
    -- Counting the inserted rows makes a violation of the observations' primary key come first.
    FROM (SELECT count(*) FROM inserted) AS made, writer, new AS n
    WHERE n.embedding IS NOT NULL
)
SELECT
    o.id,
    o.agent_id,
    o.session_id,
    o.user_id,
    o.content,
    o.topic,
    o.entities,
    o.message_ids,
    o.observed_at,
    o.referenced_at,
    o.relative_offset,
    o.emotion,
    o.emotion_intensity,
    o.status,
    o.merged_into,
    o.embedded,
    o.metadata,
    o.version,
    o.created_at,
    o.updated_at
FROM (
    SELECT * FROM inserted
    UNION ALL
    SELECT * FROM known
) AS o
-- The places of each in the input. Not a join: a generic plan estimates few rows for each side and might compare them pairwise, without a
-- hash.
CROSS JOIN unnest(array_positions(ARRAY(SELECT g.id FROM given AS g ORDER BY g.number), o.id)) AS place (number)
ORDER BY place.number
