-- Corrects an active fact by another that supersedes it. NULL leaves a field as it was, unless :cleared names it. Edges whose evidence the
-- fact was end. The entity is locked first, as when a fact is asserted.
-- not null: id, agent_id, entity_id, content, confidence, importance, sensitive, needs_confirmation, status, valid_from, ingested_at, confirmations,
-- not null: corrections, retrievals, stale, embedded, metadata, version, updated_at
WITH entity AS MATERIALIZED (
    SELECT e.id
    FROM memdb.entities AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = (SELECT f.entity_id FROM memdb.facts AS f WHERE f.org_id = :org_id AND f.id = :id::uuid)
    FOR NO KEY UPDATE
),
wrong AS MATERIALIZED (
    SELECT f.*
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id
        AND f.id = :id
        AND f.deleted_at IS NULL
        AND EXISTS (SELECT FROM entity)
    FOR NO KEY UPDATE
),
right_one AS MATERIALIZED (
    SELECT
        memdb.new_id() AS id,
        w.language,
        greatest(f.ingested_at, clock_timestamp()) AS moment,
        coalesce(:valid_from::timestamptz, f.valid_from) AS valid_from,
        coalesce(:valid_until::timestamptz, CASE WHEN 'valid_until' <> ALL (:cleared::text[]) THEN f.valid_until END) AS valid_until,
        coalesce(:value::jsonb, f.value) AS value,
        a.time_to_live
    FROM wrong AS f
    JOIN memdb.writers AS w ON w.org_id = :org_id AND w.id = f.agent_id
    LEFT JOIN memdb.attributes AS a ON a.org_id = :org_id AND a.key = f.attribute
    WHERE memdb.takes_writes(w, f.agent_id)
        AND memdb.must(:value IS NOT NULL OR :content::text IS NOT NULL, 'content', 'or value must be given')
        AND memdb.must(:value IS NULL OR f.attribute IS NOT NULL, 'value', 'must be None for a fact without an attribute')
        AND (:value IS NULL OR memdb.must_be_of_type(:value, a.value_type))
),
superseded AS (
    UPDATE memdb.facts AS f
    SET
        status = memdb.next_fact_status(f.status, 'superseded'),
        superseded_by = r.id,
        held_until = f.valid_until,
        valid_until = greatest(f.valid_from, least(f.valid_until, r.valid_from)),
        invalidated_at = r.moment,
        updated_at = greatest(f.updated_at, r.moment),
        version = memdb.next_version(f.version, :expected_version::int)
    FROM right_one AS r
    WHERE f.org_id = :org_id
        AND f.id = :id
    RETURNING f.*
),
shown AS (
    UPDATE memdb.edges AS e
    SET
        invalidated_at = s.invalidated_at,
        updated_at = greatest(e.updated_at, s.invalidated_at),
        version = e.version + 1
    FROM superseded AS s
    WHERE e.org_id = :org_id
        AND e.fact_id = s.id
        AND e.invalidated_at IS NULL
),
links AS (
    INSERT INTO memdb.fact_entities (org_id, fact_id, entity_id)
    SELECT
        :org_id,
        s.superseded_by,
        l.entity_id
    FROM superseded AS s
    JOIN memdb.fact_entities AS l ON l.org_id = :org_id AND l.fact_id = s.id
),
corrected AS (
    INSERT INTO memdb.facts AS f (
        org_id, id, agent_id, entity_id, session_id, user_id, event_id, ingested_at, valid_from, valid_until, expires_at, updated_at, confidence,
        importance, corrections, embedded, sensitive, language, attribute, category, speaker, context, content, annotation, value, metadata
    )
    SELECT
        :org_id,
        r.id,
        s.agent_id,
        s.entity_id,
        coalesce(:session_id::uuid, CASE WHEN 'session_id' <> ALL (:cleared) THEN s.session_id END),
        s.user_id,
        coalesce(:event_id::uuid, CASE WHEN 'event_id' <> ALL (:cleared) THEN s.event_id END),
        r.moment,
        r.valid_from,
        r.valid_until,
        coalesce(:expires_at::timestamptz, CASE WHEN 'expires_at' <> ALL (:cleared) THEN coalesce(r.moment + r.time_to_live, s.expires_at) END),
        r.moment,
        coalesce(:confidence::float8, s.confidence),
        s.importance,
        s.corrections + 1,
        :embedding::halfvec IS NOT NULL,
        s.sensitive,
        r.language,
        s.attribute,
        s.category,
        coalesce(:speaker::text, CASE WHEN 'speaker' <> ALL (:cleared) THEN s.speaker END),
        coalesce(:context::text, CASE WHEN 'context' <> ALL (:cleared) THEN s.context END),
        coalesce(:content, s.content),
        s.annotation,
        r.value,
        s.metadata
    -- The superseded fact gives up its unique index entry first.
    FROM superseded AS s, right_one AS r
    RETURNING f.*
),
embedding AS (
    INSERT INTO memdb.fact_embeddings (org_id, fact_id, agent_id, space, embedding)
    SELECT
        c.org_id,
        c.id,
        c.agent_id,
        :space::smallint,
        :embedding
    FROM corrected AS c
    WHERE c.embedded
)
SELECT
    f.id,
    f.agent_id,
    f.entity_id,
    f.attribute,
    f.value,
    f.content,
    f.category,
    f.confidence,
    f.importance,
    f.sensitive,
    f.needs_confirmation,
    f.status,
    f.valid_from,
    f.valid_until,
    f.expires_at,
    f.ingested_at,
    f.invalidated_at,
    f.superseded_by,
    f.confirmed_at,
    f.confirmations,
    f.corrections,
    f.retrieved_at,
    f.retrievals,
    f.vitality,
    f.stale,
    f.speaker,
    f.context,
    f.annotation,
    f.event_id,
    f.session_id,
    f.user_id,
    f.embedded,
    f.metadata,
    f.version,
    f.updated_at
FROM corrected AS f
