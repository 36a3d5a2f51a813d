-- Changes the given fields of one active entity. NULL leaves a field unchanged, unless :cleared names it. Changing the type changes the
-- key; changing the name does not. Changing the name or summary without giving a new embedding drops the old one.
WITH target AS MATERIALIZED (
    SELECT
        e.status,
        coalesce(:name::text <> e.name, false)
        OR e.summary IS DISTINCT FROM coalesce(:summary::text, CASE WHEN 'summary' <> ALL (:cleared::text[]) THEN e.summary END)
        OR 'embedding' = ANY (:cleared) AS is_outdated
    FROM memdb.entities AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = :id::uuid
        AND e.deleted_at IS NULL
    FOR NO KEY UPDATE
),
updated AS (
    UPDATE memdb.entities AS e
    SET
        name = coalesce(:name, e.name),
        type = coalesce(:type::text, e.type),
        key = coalesce(:type || ':' || e.slug, e.key),
        summary = coalesce(:summary, CASE WHEN 'summary' <> ALL (:cleared) THEN e.summary END),
        summarised_at = coalesce(
            :summarised_at::timestamptz,
            CASE
                WHEN 'summarised_at' = ANY (:cleared) THEN NULL
                WHEN :summary IS NOT NULL THEN now()
                WHEN 'summary' <> ALL (:cleared) THEN e.summarised_at
            END
        ),
        profile = coalesce(:profile::text, CASE WHEN 'profile' <> ALL (:cleared) THEN e.profile END),
        profiled_at = coalesce(
            :profiled_at::timestamptz,
            CASE
                WHEN 'profiled_at' = ANY (:cleared) THEN NULL
                WHEN :profile IS NOT NULL THEN now()
                WHEN 'profile' <> ALL (:cleared) THEN e.profiled_at
            END
        ),
        importance = coalesce(:importance::float8, e.importance),
        metadata = coalesce(:metadata::jsonb, e.metadata),
        embedded = :embedding::halfvec IS NOT NULL OR (e.embedded AND NOT t.is_outdated),
        updated_at = greatest(e.updated_at, now()),
        version = memdb.next_version(e.version, :expected_version::int)
    FROM target AS t, memdb.writers AS w
    WHERE e.org_id = :org_id
        AND e.id = :id
        AND e.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = e.agent_id
        AND memdb.takes_writes(w, e.agent_id)
        AND memdb.must(t.status = 'active', 'id', 'must be that of an entity that is not merged')
    RETURNING e.*
),
embedding AS (
    -- The old embeddings are outdated in every space. An embedder may have stored one after this statement took its snapshot.
    INSERT INTO memdb.entity_embeddings (org_id, entity_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        s.space,
        CASE WHEN s.space = :space::smallint THEN :embedding END
    FROM updated AS c, target AS t, memdb.embedding_spaces AS s
    WHERE t.is_outdated
        OR (s.space = :space AND :embedding IS NOT NULL)
    ON CONFLICT (org_id, entity_id, space) DO UPDATE SET embedding = excluded.embedding
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
    e.updated_at
FROM updated AS e
