-- The facts of an agent that answer a text, an embedding, and entities: the given ones and those named in the text. Compares all facts that
-- hold. A fact is a candidate if it is near the embedding, shares words with the text, or is about one of the entities or their neighbours.
-- The score is the weighted sum of the parts. Ties go to the newer. BM25 is computed as in memories/search_exact.
-- not null: score, vector, text, graph, recency, importance, confidence, vitality
WITH question AS MATERIALIZED (
    SELECT
        q.words,
        q.required
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text::text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
named AS MATERIALIZED (
    SELECT n.id
    FROM (
        SELECT
            e.id,
            e.name
        FROM memdb.entities AS e
        WHERE e.org_id = :org_id
            AND e.agent_id = :agent_id::uuid
            AND e.status = 'active'
            AND e.deleted_at IS NULL
            AND :names::boolean
        UNION ALL
        SELECT
            a.entity_id,
            a.alias
        FROM memdb.entity_aliases AS a
        WHERE a.org_id = :org_id
            AND a.agent_id = :agent_id
            AND :names
    ) AS n
    WHERE char_length(n.name) >= 3
        AND memdb.says_name(:text, n.name)
    GROUP BY n.id
    ORDER BY n.id
    LIMIT 20
),
seeds AS MATERIALIZED (
    SELECT
        e.id,
        bool_or(e.named) AS named
    FROM (
        SELECT
            coalesce(g.merged_into, g.id) AS id,
            false AS named
        FROM memdb.entities AS g
        WHERE g.org_id = :org_id
            AND g.id = ANY (:entity_ids::uuid[])
            AND g.agent_id = :agent_id
            AND g.deleted_at IS NULL
        UNION ALL
        SELECT n.id, true FROM named AS n
    ) AS e
    GROUP BY e.id
),
-- Both hops use arrays of ids instead of joins, for which a generic plan would estimate few rows.
first_hop AS MATERIALIZED (
    SELECT
        CASE WHEN g.source_id = ANY (ARRAY(SELECT s.id FROM seeds AS s)) THEN g.target_id ELSE g.source_id END AS id,
        g.weight,
        g.updated_at
    FROM memdb.edges AS g
    WHERE g.org_id = :org_id
        AND (
            g.source_id = ANY (ARRAY(SELECT s.id FROM seeds AS s))
            OR g.target_id = ANY (ARRAY(SELECT s.id FROM seeds AS s))
        )
        AND g.invalidated_at IS NULL
        AND :depth::int >= 1
    ORDER BY g.weight DESC, g.id
    LIMIT 200
),
second_hop AS MATERIALIZED (
    SELECT
        CASE WHEN g.source_id = ANY (ARRAY(SELECT f.id FROM first_hop AS f)) THEN g.target_id ELSE g.source_id END AS id,
        g.weight,
        g.updated_at
    FROM memdb.edges AS g
    WHERE g.org_id = :org_id
        AND (
            g.source_id = ANY (ARRAY(SELECT f.id FROM first_hop AS f))
            OR g.target_id = ANY (ARRAY(SELECT f.id FROM first_hop AS f))
        )
        AND g.invalidated_at IS NULL
        AND g.weight >= 0.5
        AND :depth >= 2
    ORDER BY g.weight DESC, g.id
    LIMIT 400
),
reached AS MATERIALIZED (
    SELECT DISTINCT ON (r.id) r.*
    FROM (
        SELECT s.id, 1 AS hop, 1::float8 AS weight, 0::float8 AS edge_age, s.named FROM seeds AS s
        UNION ALL
        SELECT f.id, 1, f.weight, memdb.days_between(f.updated_at, statement_timestamp()), false FROM first_hop AS f
        UNION ALL
        SELECT f.id, 2, f.weight, memdb.days_between(f.updated_at, statement_timestamp()), false FROM second_hop AS f
    ) AS r
    ORDER BY r.id, r.named DESC, r.hop, r.weight DESC, r.edge_age
),
oldest AS MATERIALIZED (
    SELECT
        f.id,
        f.search
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id
        AND f.agent_id = :agent_id
        AND f.deleted_at IS NULL
        AND :embedding::halfvec IS NOT NULL
    ORDER BY f.id
    LIMIT 10
),
newest AS MATERIALIZED (
    SELECT f.search
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id
        AND f.agent_id = :agent_id
        AND f.deleted_at IS NULL
        AND f.id > (SELECT o.id FROM oldest AS o ORDER BY o.id DESC LIMIT 1)
    ORDER BY f.id DESC
    LIMIT 10
),
-- For each word, the share of these facts that contain it; 0 if there are fewer than 20, or no embedding to find facts by.
words AS MATERIALIZED (
    SELECT
        w.word,
        w.number::int AS number,
        coalesce(
            (
                SELECT avg((s.search @@ w.word)::integer::float8)
                FROM (SELECT o.search FROM oldest AS o UNION ALL SELECT n.search FROM newest AS n) AS s
                HAVING count(*) = 20
            ),
            0
        ) AS part
    FROM question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
),
-- As in memories/search_exact, common words do not make a fact with an embedding a candidate, if the question has rarer words.
sought AS MATERIALIZED (
    SELECT
        string_agg(w.word::text, '|')::tsquery AS any_word,
        coalesce(string_agg(w.word::text, '|') FILTER (WHERE w.part <= 0.4::float8), string_agg(w.word::text, '|'))::tsquery AS telling
    FROM words AS w
),
scope AS MATERIALIZED (
    SELECT
        f.id,
        true AS holds,
        f.valid_from,
        f.ingested_at,
        f.confidence,
        f.importance,
        f.retrievals,
        f.corrections,
        f.confirmations,
        f.confirmed_at,
        f.retrieved_at,
        -- Copied only if it is read again.
        CASE
            WHEN f.search @@ CASE
                WHEN f.embedded THEN (SELECT k.telling FROM sought AS k)
                ELSE (SELECT k.any_word FROM sought AS k)
            END
            THEN f.search
        END AS search
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id
        AND f.agent_id = :agent_id
        AND f.deleted_at IS NULL
        AND memdb.holds(f, coalesce(:as_of::timestamptz, statement_timestamp()), :known_at::timestamptz)
        AND (:category::text IS NULL OR f.category = :category)
        AND (:attribute::text IS NULL OR f.attribute = :attribute)
        AND (:sensitive::boolean OR NOT f.sensitive)
        AND CASE WHEN (SELECT q.required FROM question AS q) IS NULL THEN true ELSE f.search @@ (SELECT q.required FROM question AS q) END
        AND CASE
            WHEN cardinality(:only_entity_ids::uuid[]) IS NULL THEN true
            ELSE f.id = ANY (
                ARRAY(
                    SELECT l.fact_id FROM memdb.fact_entities AS l
                    WHERE l.org_id = :org_id AND l.entity_id = ANY (:only_entity_ids)
                )
            )
        END
        AND :plan_for_values::memdb.planned_for_values IS NOT NULL
),
compared AS MATERIALIZED (
    SELECT
        e.fact_id AS id,
        -- A zero vector has no direction: its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding, 'NaN') AS similarity
    FROM memdb.fact_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        AND e.fact_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :embedding IS NOT NULL
),
corpus AS MATERIALIZED (
    SELECT count(*)::float8 AS size
    FROM scope AS s
),
occurrences AS MATERIALIZED (
    SELECT
        s.id,
        w.number,
        -- For a single word that occurs n times, ts_rank is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2). It stands in for the term frequency.
        ts_rank('{1, 1, 1, 1}', s.search, w.word)::float8 * 1.64493406685::float8 AS frequency
    FROM scope AS s, words AS w
    WHERE s.search IS NOT NULL
        AND s.search @@ w.word
),
-- The inverse document frequency of each word, by its number.
rarity AS MATERIALIZED (
    SELECT array_agg(ln(1 + (d.size - d.documents + 0.5) / (d.documents + 0.5)) ORDER BY d.number) AS of_word
    FROM (
        SELECT
            w.number,
            c.size,
            CASE WHEN w.part > 0.4::float8 THEN greatest(w.part * c.size, d.documents) ELSE coalesce(d.documents, 0) END AS documents
        FROM words AS w
        CROSS JOIN corpus AS c
        LEFT JOIN (SELECT o.number, count(*)::float8 AS documents FROM occurrences AS o GROUP BY o.number) AS d ON d.number = w.number
    ) AS d
),
bm25 AS MATERIALIZED (
    SELECT
        o.id,
        sum((SELECT r.of_word FROM rarity AS r)[o.number] * o.frequency * 1.9::float8 / (o.frequency + 0.9::float8)) AS score
    FROM occurrences AS o
    GROUP BY o.id
),
-- The entity through which each fact is best reached. A full join is never planned as a nested loop, which a generic plan would choose
-- because it estimates one row for each side.
linked AS MATERIALIZED (
    SELECT DISTINCT ON (l.fact_id)
        l.fact_id AS id,
        r.hop,
        r.weight,
        r.edge_age,
        r.named
    FROM (
        SELECT
            x.fact_id,
            x.entity_id,
            true AS is_link
        FROM memdb.fact_entities AS x
        WHERE x.org_id = :org_id
            AND x.entity_id = ANY (ARRAY(SELECT r.id FROM reached AS r))
    ) AS l
    FULL JOIN reached AS r ON r.id = l.entity_id
    WHERE coalesce(l.is_link, false)
    ORDER BY l.fact_id, r.named DESC, r.hop, r.weight DESC, r.edge_age
),
running AS MATERIALIZED (
    SELECT
        s.id,
        s.confidence,
        s.importance,
        s.retrievals,
        s.corrections,
        s.confirmations,
        memdb.days_between(greatest(s.valid_from, s.confirmed_at), statement_timestamp()) AS age,
        memdb.days_between(greatest(s.ingested_at, s.confirmed_at), statement_timestamp()) AS unconfirmed,
        memdb.days_between(s.ingested_at, statement_timestamp()) AS since_ingestion,
        memdb.days_between(s.retrieved_at, statement_timestamp()) AS since_retrieval,
        c.similarity,
        b.score AS text_score,
        l.hop,
        l.weight,
        l.edge_age,
        l.named
    FROM scope AS s
    FULL JOIN compared AS c ON c.id = s.id
    FULL JOIN bm25 AS b ON b.id = s.id
    FULL JOIN linked AS l ON l.id = s.id
    -- Not IS NOT NULL, which would let the planner reduce the full joins.
    WHERE coalesce(s.holds, false)
        AND (c.similarity >= :min_similarity::float8 OR b.id IS NOT NULL OR l.id IS NOT NULL)
),
supported AS MATERIALIZED (
    SELECT
        i.fact_id,
        i.insight_id
    FROM memdb.insight_facts AS i
    WHERE i.org_id = :org_id
        AND i.fact_id = ANY (ARRAY(SELECT r.id FROM running AS r))
),
supporting AS MATERIALIZED (
    SELECT i.fact_id AS id
    FROM supported AS i
    WHERE (
        i.insight_id IN (
            SELECT n.id
            FROM memdb.insights AS n
            WHERE n.org_id = :org_id
                AND n.id = ANY (ARRAY(SELECT DISTINCT x.insight_id FROM supported AS x))
                AND n.status = 'active'
                AND n.deleted_at IS NULL
        )
    ) IS TRUE
),
most AS MATERIALIZED (
    SELECT max(b.score) AS text_score FROM bm25 AS b
),
judged AS (
    SELECT
        r.id,
        r.similarity,
        r.text_score,
        r.hop,
        :vector_weight::float8 * greatest(coalesce(r.similarity, 0), 0) AS vector,
        :text_weight::float8 * coalesce(r.text_score / (SELECT m.text_score FROM most AS m), 0) AS text,
        :graph_weight::float8 * coalesce(memdb.graph_score(r.weight, r.since_ingestion, r.edge_age, r.named, r.hop), 0) AS graph,
        :recency_weight::float8 * memdb.half_life_decay(r.age, :half_life_days::float8) AS recency,
        :importance_weight::float8
        * memdb.dynamic_importance(
            r.importance, r.retrievals, r.since_retrieval, r.corrections, (r.id IN (SELECT p.id FROM supporting AS p)) IS TRUE
        ) AS importance,
        memdb.effective_confidence(r.confidence, r.unconfirmed) AS effective_confidence,
        :vitality_weight::float8
        * memdb.vitality(r.retrievals, r.since_retrieval, r.since_ingestion, r.confidence, r.confirmations, r.corrections) AS vitality
    FROM running AS r
    -- OFFSET 0 keeps the parts from being computed again for their sum.
    OFFSET 0
),
best AS (
    SELECT
        j.*,
        j.vector + j.text + j.graph + j.recency + j.importance + :confidence_weight::float8 * j.effective_confidence + j.vitality AS score
    FROM judged AS j
    WHERE j.effective_confidence >= :min_confidence::float8
        AND (
            :min_score::float8 IS NULL
            OR j.vector + j.text + j.graph + j.recency + j.importance + :confidence_weight * j.effective_confidence + j.vitality >= :min_score
        )
    ORDER BY score DESC, j.id DESC
    LIMIT :limit::int
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
    f.updated_at,
    b.score,
    b.similarity,
    b.text_score,
    b.hop,
    b.vector,
    b.text,
    b.graph,
    b.recency,
    b.importance,
    :confidence_weight * b.effective_confidence AS confidence,
    b.vitality
FROM best AS b
JOIN memdb.facts AS f ON f.org_id = :org_id AND f.id = b.id
ORDER BY b.score DESC, f.id DESC
