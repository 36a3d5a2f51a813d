-- Asserts facts of an agent and returns the outcome of each. Each field is a list in the order of the facts. No rows mean that there is no
-- such agent. `said` holds what cannot be an array element: the value and the entities.
-- not null: id, agent_id, entity_id, content, confidence, importance, sensitive, needs_confirmation, status, valid_from, ingested_at, confirmations,
-- not null: corrections, retrievals, stale, embedded, metadata, version, updated_at, outcome, replaced
WITH given AS MATERIALIZED (
    SELECT g.*
    FROM unnest(
        :id::uuid[], :entity_id::uuid[], :embedding::halfvec[], :session_id::uuid[], :user_id::uuid[], :event_id::uuid[],
        :valid_from::timestamptz[], :valid_until::timestamptz[], :expires_at::timestamptz[], :confidence::float8[], :importance::float8[],
        :sensitive::boolean[], :needs_confirmation::boolean[], :link_named::boolean[], :attribute::text[], :category::text[],
        :speaker::text[], :context::text[], :content::text[], :annotation::text[], :said::jsonb[], :metadata::jsonb[]
    ) WITH ORDINALITY AS g (
            id, entity_id, embedding, session_id, user_id, event_id, valid_from, valid_until, expires_at, confidence, importance, sensitive,
            needs_confirmation, link_named, attribute, category, speaker, context, content, annotation, said, metadata, number
    )
),
asserted AS MATERIALIZED (
    SELECT a.*
    FROM memdb.writers AS w
    CROSS JOIN LATERAL memdb.assert_facts(
        :org_id::memdb.tenant,
        w.id,
        w.language,
        :actor::text,
        ARRAY(
            SELECT
                ROW(
                    g.id, g.entity_id, ARRAY(SELECT DISTINCT e.id::uuid FROM jsonb_array_elements_text(g.said -> 'entities') AS e (id)),
                    g.link_named, g.session_id, g.user_id, g.event_id, g.valid_from, g.valid_until, g.expires_at, g.confidence,
                    g.importance, g.sensitive, g.needs_confirmation, g.embedding IS NOT NULL, g.attribute, g.category, g.speaker, g.context,
                    g.content, g.annotation, g.said -> 'value', coalesce(g.metadata, '{}')
                )::memdb.assertion
            FROM given AS g
            ORDER BY g.number
        )
    ) AS a
    WHERE w.org_id = :org_id
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
embedding AS (
    INSERT INTO memdb.fact_embeddings (org_id, fact_id, agent_id, space, embedding)
    SELECT
        :org_id,
        (a.fact).id,
        (a.fact).agent_id,
        :space::smallint,
        (ARRAY(SELECT g.embedding FROM given AS g ORDER BY g.number))[a.number]
    FROM asserted AS a
    WHERE a.outcome IN ('added', 'superseded', 'kept_both')
        AND (a.fact).embedded
)
SELECT
    (a.fact).id,
    (a.fact).agent_id,
    (a.fact).entity_id,
    (a.fact).attribute,
    (a.fact).value,
    (a.fact).content,
    (a.fact).category,
    (a.fact).confidence,
    (a.fact).importance,
    (a.fact).sensitive,
    (a.fact).needs_confirmation,
    (a.fact).status,
    (a.fact).valid_from,
    (a.fact).valid_until,
    (a.fact).expires_at,
    (a.fact).ingested_at,
    (a.fact).invalidated_at,
    (a.fact).superseded_by,
    (a.fact).confirmed_at,
    (a.fact).confirmations,
    (a.fact).corrections,
    (a.fact).retrieved_at,
    (a.fact).retrievals,
    (a.fact).vitality,
    (a.fact).stale,
    (a.fact).speaker,
    (a.fact).context,
    (a.fact).annotation,
    (a.fact).event_id,
    (a.fact).session_id,
    (a.fact).user_id,
    (a.fact).embedded,
    (a.fact).metadata,
    (a.fact).version,
    (a.fact).updated_at,
    a.outcome,
    a.replaced
FROM asserted AS a
ORDER BY a.number
