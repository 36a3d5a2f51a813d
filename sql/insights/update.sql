-- Changes the given fields of one live insight of any status. NULL leaves a field unchanged, unless :cleared names it. Changing the title
-- or content without giving a new embedding drops the old one.
WITH target AS MATERIALIZED (
    SELECT
        (coalesce(:title::text, i.title), coalesce(:content::text, i.content)) <> (i.title, i.content)
        OR 'embedding' = ANY (:cleared::text[]) AS is_outdated
    FROM memdb.insights AS i
    WHERE i.org_id = :org_id::memdb.tenant
        AND i.id = :id::uuid
        AND i.deleted_at IS NULL
    FOR NO KEY UPDATE
),
updated AS (
    UPDATE memdb.insights AS i
    SET
        title = coalesce(:title, i.title),
        content = coalesce(:content, i.content),
        embedded = :embedding::halfvec IS NOT NULL OR (i.embedded AND NOT target.is_outdated),
        type = coalesce(:type::text, i.type),
        confidence = coalesce(:confidence::float8, i.confidence),
        importance = coalesce(:importance::float8, i.importance),
        metadata = coalesce(:metadata::jsonb, i.metadata),
        updated_at = greatest(i.updated_at, now()),
        version = memdb.next_version(i.version, :expected_version::int)
    FROM target, memdb.writers AS w
    WHERE i.org_id = :org_id
        AND i.id = :id
        AND i.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = i.agent_id
        AND memdb.takes_writes(w, i.agent_id)
    RETURNING i.*
),
embedding AS (
    -- The old embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.insight_embeddings (org_id, insight_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        s.space,
        CASE WHEN s.space = :space::smallint THEN :embedding END
    FROM updated AS c, target AS t, memdb.embedding_spaces AS s
    WHERE t.is_outdated
        OR (s.space = :space AND :embedding IS NOT NULL)
    ON CONFLICT (org_id, insight_id, space) DO UPDATE SET embedding = excluded.embedding
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
FROM updated AS i
