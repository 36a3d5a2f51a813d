-- Changes the given fields of one live observation of any status. NULL leaves a field unchanged, unless :cleared names it. Changing the
-- content without giving a new embedding drops the old one.
WITH target AS MATERIALIZED (
    SELECT coalesce(:content::text <> o.content, false) OR 'embedding' = ANY (:cleared::text[]) AS is_outdated
    FROM memdb.session_observations AS o
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.id = :id::uuid
        AND o.deleted_at IS NULL
    FOR NO KEY UPDATE
),
updated AS (
    UPDATE memdb.session_observations AS o
    SET
        content = coalesce(:content, o.content),
        embedded = :embedding::halfvec IS NOT NULL OR (o.embedded AND NOT target.is_outdated),
        topic = coalesce(:topic::text, CASE WHEN 'topic' <> ALL (:cleared) THEN o.topic END),
        entities = CASE
            WHEN :entities::text[] IS NULL THEN o.entities
            ELSE ARRAY(SELECT DISTINCT given.entity FROM unnest(:entities) AS given (entity) ORDER BY given.entity)
        END,
        message_ids = CASE
            WHEN :message_ids::uuid[] IS NULL THEN o.message_ids
            ELSE ARRAY(SELECT DISTINCT given.id FROM unnest(:message_ids) AS given (id) ORDER BY given.id)
        END,
        observed_at = coalesce(:observed_at::timestamptz, o.observed_at),
        referenced_at = coalesce(:referenced_at::timestamptz, CASE WHEN 'referenced_at' <> ALL (:cleared) THEN o.referenced_at END),
        relative_offset = coalesce(:relative_offset::text, CASE WHEN 'relative_offset' <> ALL (:cleared) THEN o.relative_offset END),
        emotion = coalesce(:emotion::text, CASE WHEN 'emotion' <> ALL (:cleared) THEN o.emotion END),
        emotion_intensity = coalesce(:emotion_intensity::float8, CASE WHEN 'emotion_intensity' <> ALL (:cleared) THEN o.emotion_intensity END),
        metadata = coalesce(:metadata::jsonb, o.metadata),
        updated_at = greatest(o.updated_at, now()),
        version = memdb.next_version(o.version, :expected_version::int)
    FROM target, memdb.writers AS w
    WHERE o.org_id = :org_id
        AND o.id = :id
        AND o.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = o.agent_id
        AND memdb.takes_writes(w, o.agent_id)
    RETURNING o.*
),
embedding AS (
    -- The old embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.observation_embeddings (org_id, observation_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        s.space,
        CASE WHEN s.space = :space::smallint THEN :embedding END
    FROM updated AS c, target AS t, memdb.embedding_spaces AS s
    WHERE t.is_outdated
        OR (s.space = :space AND :embedding IS NOT NULL)
    ON CONFLICT (org_id, observation_id, space) DO UPDATE SET embedding = excluded.embedding
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
FROM updated AS o
