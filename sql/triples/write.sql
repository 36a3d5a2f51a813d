-- Inserts triples of a user, or of the tenant, or updates existing ones, deleted or not, with the given fields. Each field is a list in the
-- order of the triples. Of identical triples, the last counts. No rows mean that there is no such organization.
-- not null: id, subject, predicate, object, metadata, embedded, version, created_at, updated_at
WITH given AS MATERIALIZED (
    SELECT
        g.*,
        -- The rank among the distinct triples.
        dense_rank() OVER (ORDER BY memdb.triple_key(g.subject), memdb.triple_key(g.predicate), memdb.triple_key(g.object)) AS rank
    FROM (
        SELECT
            -- Generated before the ranking, so that the ids are in the order of the input.
            memdb.new_id() AS id,
            u.*
        FROM unnest(
            :subject::text[], :predicate::text[], :object::text[], :confidence::float8[], :source::text[], :metadata::jsonb[],
            :embedding::halfvec[]
        ) WITH ORDINALITY AS u (subject, predicate, object, confidence, source, metadata, embedding, number)
    ) AS g
),
different AS MATERIALIZED (
    SELECT DISTINCT ON (g.rank) g.*
    FROM given AS g
    ORDER BY g.rank, g.number DESC
),
written AS (
    INSERT INTO memdb.triples AS t (org_id, id, user_id, language, subject, predicate, object, confidence, source, metadata, embedded)
    SELECT
        w.org_id,
        d.id,
        :user_id::uuid,
        o.language,
        d.subject,
        d.predicate,
        d.object,
        d.confidence,
        d.source,
        coalesce(d.metadata, '{}'),
        d.embedding IS NOT NULL
    FROM memdb.writable_organizations AS w, memdb.organizations AS o, different AS d
    WHERE w.org_id = :org_id::memdb.tenant
        AND o.id = :org_id
    -- Sorted by key, so that concurrent writers of the same keys do not deadlock.
    ORDER BY d.rank
    ON CONFLICT (org_id, user_id, subject_key, predicate_key, object_key, apart) DO UPDATE
        SET
            confidence = coalesce(excluded.confidence, CASE WHEN 'confidence' <> ALL (:cleared::text[]) THEN t.confidence END),
            source = coalesce(excluded.source, CASE WHEN 'source' <> ALL (:cleared) THEN t.source END),
            metadata = t.metadata || excluded.metadata,
            embedded = t.embedded OR excluded.embedded,
            deleted_at = NULL,
            updated_at = greatest(t.updated_at, now()),
            version = CASE
                WHEN t.deleted_at IS NULL
                    AND t.confidence IS NOT DISTINCT FROM coalesce(excluded.confidence, CASE WHEN 'confidence' <> ALL (:cleared) THEN t.confidence END)
                    AND t.source IS NOT DISTINCT FROM coalesce(excluded.source, CASE WHEN 'source' <> ALL (:cleared) THEN t.source END)
                    AND t.metadata = t.metadata || excluded.metadata
                    THEN t.version
                ELSE t.version + 1
            END
    RETURNING t.*
),
ranked AS MATERIALIZED (
    SELECT
        t.*,
        row_number() OVER (ORDER BY t.subject_key, t.predicate_key, t.object_key) AS rank
    FROM written AS t
),
embedding AS (
    INSERT INTO memdb.triple_embeddings (org_id, triple_id, space, embedding)
    SELECT
        :org_id,
        r.id,
        :space::smallint,
        e.of_rank[r.rank]
    -- Not a join by rank: a generic plan estimates few rows for each side and might compare them pairwise, without a hash.
    FROM ranked AS r, (SELECT ARRAY(SELECT d.embedding FROM different AS d ORDER BY d.rank) AS of_rank) AS e
    WHERE e.of_rank[r.rank] IS NOT NULL
    ON CONFLICT (org_id, triple_id, space) DO UPDATE SET embedding = excluded.embedding
)
SELECT
    t.id,
    t.user_id,
    t.subject,
    t.predicate,
    t.object,
    t.confidence,
    t.source,
    t.metadata,
    t.embedded,
    t.version,
    t.created_at,
    t.updated_at
FROM ranked AS t
CROSS JOIN unnest(array_positions(ARRAY(SELECT g.rank FROM given AS g ORDER BY g.number), t.rank)) AS place (number)
ORDER BY place.number
