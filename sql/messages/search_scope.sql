-- The live messages of a scope that are near an embedding or share words with a text: the sum of both, each scaled to 0..1 over the scope,
-- cosine from its least and BM25 from zero, as in memories/search_exact. All are compared. Of equals the later comes first.
-- not null: content, tool_calls, score, vector, text, context, length
WITH question AS MATERIALIZED (
    SELECT
        q.words,
        q.required,
        (SELECT string_agg(w.word::text, '|')::tsquery FROM unnest(q.words) AS w (word)) AS any_word
    FROM memdb.organizations AS o, memdb.question(o.language, coalesce(:text::text, '')) AS q
    WHERE o.id = :org_id::memdb.tenant
),
sessions AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id
        AND s.id = :session_id::uuid
        AND s.deleted_at IS NULL
        AND s.archived_at IS NULL
        AND (:agent_id::uuid IS NULL OR s.agent_id = :agent_id)
        AND (:user_id::uuid IS NULL OR s.user_id = :user_id)
    UNION ALL
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE :session_id IS NULL
        AND s.org_id = :org_id
        AND s.deleted_at IS NULL
        AND s.archived_at IS NULL
        AND (:agent_id IS NULL OR s.agent_id = :agent_id)
        AND (:user_id IS NULL OR s.user_id = :user_id)
),
scope AS MATERIALIZED (
    SELECT
        m.id,
        length(m.search) AS length,
        CASE WHEN m.search @@ q.any_word THEN m.search END AS search
    FROM question AS q, memdb.messages AS m
    WHERE m.org_id = :org_id
        AND m.session_id = ANY (ARRAY(SELECT s.id FROM sessions AS s))
        AND m.deleted_at IS NULL
        AND (:role::text IS NULL OR m.role = :role)
        AND (:since::timestamptz IS NULL OR m.sent_at >= :since)
        AND (:until::timestamptz IS NULL OR m.sent_at < :until)
        AND CASE WHEN q.required IS NULL THEN true ELSE m.search @@ q.required END
),
compared AS MATERIALIZED (
    SELECT
        e.message_id AS id,
        -- A zero vector has no direction, so its cosine distance is NaN.
        1 - nullif(e.embedding <=> :embedding::halfvec, 'NaN') AS similarity
    FROM memdb.message_embeddings AS e
    WHERE e.org_id = :org_id
        AND e.space = :space::smallint
        AND e.message_id = ANY (ARRAY(SELECT s.id FROM scope AS s))
        AND :embedding IS NOT NULL
),
corpus AS MATERIALIZED (
    SELECT
        count(*)::float8 AS size,
        greatest(avg(s.length), 1)::float8 AS average_length
    FROM scope AS s
),
occurrences AS MATERIALIZED (
    SELECT
        s.id,
        s.length,
        w.number,
        -- ts_rank of a single word is 6 / pi^2 * (1 + 1/2^2 + ... + 1/n^2) for n occurrences: it stands in for the frequency.
        ts_rank('{1, 1, 1, 1}', s.search, w.word) * 1.64493406685 AS frequency
    FROM scope AS s, question AS q, unnest(q.words) WITH ORDINALITY AS w (word, number)
    WHERE s.search @@ w.word
),
rarity AS MATERIALIZED (
    SELECT array_agg(ln(1 + (c.size - coalesce(d.documents, 0) + 0.5) / (coalesce(d.documents, 0) + 0.5)) ORDER BY w.number) AS of_word
    FROM corpus AS c
    CROSS JOIN question AS q
    CROSS JOIN unnest(q.words) WITH ORDINALITY AS w (word, number)
    LEFT JOIN (SELECT o.number, count(*) AS documents FROM occurrences AS o GROUP BY o.number) AS d ON d.number = w.number
),
judged AS MATERIALIZED (
    SELECT
        part.id,
        max(part.similarity) AS similarity,
        max(part.text_score) AS text_score
    FROM (
        SELECT c.id, c.similarity, NULL::float8 AS text_score FROM compared AS c WHERE c.similarity IS NOT NULL
        UNION ALL
        SELECT
            o.id,
            NULL,
            sum(
                r.of_word[o.number]
                * o.frequency * (0.9 + 1) / (o.frequency + 0.9 * (1 - 0.4 + 0.4 * o.length / c.average_length))
            )
        FROM occurrences AS o, corpus AS c, rarity AS r
        GROUP BY o.id
    ) AS part
    GROUP BY part.id
),
extremes AS MATERIALIZED (
    SELECT
        min(j.similarity) AS least,
        nullif(max(j.similarity) - min(j.similarity), 0) AS spread,
        max(j.text_score) AS most_text
    FROM judged AS j
),
scored AS (
    SELECT
        j.id,
        j.similarity,
        j.text_score,
        -- With one similarity in the whole scope there is no spread, and it counts fully.
        CASE WHEN j.similarity IS NULL THEN 0 ELSE coalesce((j.similarity - x.least) / x.spread, 1) END AS vector,
        coalesce(j.text_score / x.most_text, 0) AS text
    FROM judged AS j, extremes AS x
),
best AS (
    SELECT
        s.*,
        s.vector + s.text AS score
    FROM scored AS s
    ORDER BY score DESC, s.id DESC
    LIMIT :limit::int
)
SELECT
    m.id,
    m.session_id,
    m.position,
    m.role,
    coalesce(m.parts::json, to_json(m.content)) AS content,
    m.name,
    coalesce(m.calls::json, m.tool_calls::json) AS tool_calls,
    m.open_calls,
    m.tool_call_id,
    m.asked_position,
    m.tokens,
    m.model,
    m.metadata,
    m.embedded,
    m.version,
    m.sent_at,
    m.created_at,
    m.updated_at,
    b.score,
    b.similarity,
    b.text_score,
    b.vector,
    b.text,
    0::float8 AS context,
    0::float8 AS length
FROM best AS b
JOIN memdb.messages AS m ON m.org_id = :org_id AND m.id = b.id
ORDER BY b.score DESC, m.id DESC
