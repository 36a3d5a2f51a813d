-- Appends messages to an active session, in the order of the arrays. A message that the session already has, by its id, role and content,
-- is returned unchanged. No row means that there is no such session.
-- not null: id, session_id, position, role, content, tool_calls, open_calls, tokens, metadata, embedded, version, sent_at, created_at, updated_at
WITH given AS MATERIALIZED (
    SELECT
        g.*,
        coalesce(g.own_tokens, memdb.estimated_tokens(g.content, g.given_calls, g.parts)) AS tokens,
        -- The text is stored beside the jsonb only if jsonb does not return it exactly.
        CASE WHEN g.is_exact THEN NULL ELSE g.given_calls END AS calls,
        CASE WHEN g.is_exact THEN g.given_calls::jsonb ELSE memdb.without_arguments(g.given_calls::jsonb) END AS tool_calls
    FROM (
        SELECT
            g.*,
            g.given_calls = g.given_calls::jsonb::text AS is_exact
        FROM
            unnest(
                :id::uuid[], :role::text[], :content::text[], :parts::text[], :name::text[], :tool_calls::text[], :tool_call_id::text[],
                :tokens::int[], :model::text[], :embedding::halfvec[], :metadata::jsonb[], :sent_at::timestamptz[]
            )
            WITH ORDINALITY AS g (
                id, role, content, parts, name, given_calls, tool_call_id, own_tokens, model, embedding, metadata, sent_at, number
            )
    ) AS g
),
known AS MATERIALIZED (
    SELECT
        m.id,
        m.session_id,
        m.position,
        m.role,
        m.content,
        m.parts,
        m.name,
        m.tool_calls,
        m.calls,
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
        g.number
    FROM given AS g
    JOIN memdb.messages AS m
        ON
            m.org_id = :org_id::memdb.tenant
            AND m.id = g.id
            -- Not `=`, which might make the planner read the whole session.
            AND m.session_id IS NOT DISTINCT FROM :session_id::uuid
            AND m.role = g.role
            AND m.content = g.content
            AND m.parts IS NOT DISTINCT FROM g.parts
            AND m.deleted_at IS NULL
),
fresh AS MATERIALIZED (
    SELECT
        g.*,
        (row_number() OVER (ORDER BY g.number))::int AS nth
    FROM given AS g
    WHERE (g.number IN (SELECT k.number FROM known AS k)) IS FALSE
),
session AS MATERIALIZED (
    UPDATE memdb.sessions AS s
    SET
        status = CASE WHEN f.messages > 0 THEN memdb.open_status(s.status) ELSE s.status END,
        last_position = s.last_position + f.messages,
        messages = s.messages + f.messages,
        rounds = s.rounds + f.rounds,
        tokens = s.tokens + f.tokens,
        active_at = greatest(s.active_at, f.sent_at)
    FROM
        memdb.writers AS w,
        (
            SELECT
                count(*)::int AS messages,
                count(*) FILTER (WHERE f.role = 'user')::int AS rounds,
                coalesce(sum(f.tokens), 0) AS tokens,
                max(coalesce(f.sent_at, now())) AS sent_at
            FROM fresh AS f
        ) AS f
    WHERE s.org_id = :org_id
        AND s.id = :session_id
        AND s.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = s.agent_id
        AND memdb.takes_writes(w, s.agent_id)
    RETURNING
        s.last_position - f.messages AS last_position,
        w.language
),
numbered AS MATERIALIZED (
    SELECT
        f.*,
        s.last_position + f.nth AS position,
        s.language
    FROM session AS s, fresh AS f
),
-- The calls, and below the results, in short lists of their own, because each is looked up in all of the others.
calls AS MATERIALIZED (
    SELECT
        n.position,
        c.call ->> 'id' AS id
    FROM numbered AS n, jsonb_array_elements(n.tool_calls) AS c (call)
    WHERE n.tool_calls <> '[]'
),
placed AS MATERIALIZED (
    SELECT
        n.*,
        coalesce(n.id, memdb.new_id()) AS own_id,
        -- The position of the message that made the call: the last one before the result, in this batch or stored earlier.
        CASE
            WHEN n.role = 'tool' THEN coalesce(
                (SELECT max(a.position) FROM calls AS a WHERE a.id = n.tool_call_id AND a.position < n.position),
                (
                    SELECT max(m.position) FROM memdb.messages AS m
                    WHERE m.org_id = :org_id
                        AND m.session_id = :session_id
                        AND m.open_calls <> '{}'
                        AND m.deleted_at IS NULL
                        AND n.tool_call_id = ANY (m.open_calls)
                )
            )
        END AS asked_position
    FROM numbered AS n
),
answers AS MATERIALIZED (
    SELECT
        p.asked_position,
        p.tool_call_id
    FROM placed AS p
    WHERE p.role = 'tool'
),
answered AS (
    UPDATE memdb.messages AS m
    SET open_calls = ARRAY(SELECT c.id FROM unnest(m.open_calls) AS c (id) WHERE c.id <> ALL (r.calls))
    FROM (
        SELECT
            r.asked_position,
            array_agg(r.tool_call_id) AS calls
        FROM session AS s, answers AS r
        WHERE r.asked_position <= s.last_position
        GROUP BY r.asked_position
    ) AS r
    WHERE m.org_id = :org_id
        AND m.session_id = :session_id
        AND m.position = r.asked_position
        AND m.deleted_at IS NULL
        -- A call that a concurrent writer has answered is no longer open.
        AND m.open_calls @> r.calls
    RETURNING cardinality(r.calls) AS calls
),
inserted AS (
    INSERT INTO memdb.messages AS m (
        org_id, id, session_id, position, role, content, parts, name, tool_calls, calls, open_calls, tool_call_id, asked_position, tokens,
        model, metadata, embedded, language, sent_at
    )
    SELECT
        :org_id,
        p.own_id,
        :session_id,
        p.position,
        p.role,
        p.content,
        p.parts,
        p.name,
        p.tool_calls,
        p.calls,
        CASE
            WHEN p.tool_calls = '[]' THEN '{}'
            ELSE ARRAY(
                SELECT c.call ->> 'id' FROM jsonb_array_elements(p.tool_calls) AS c (call)
                WHERE NOT EXISTS (
                    SELECT FROM answers AS r
                    WHERE r.asked_position = p.position
                        AND r.tool_call_id = c.call ->> 'id'
                )
            )
        END,
        p.tool_call_id,
        p.asked_position,
        p.tokens,
        p.model,
        coalesce(p.metadata, '{}'),
        p.embedding IS NOT NULL,
        p.language,
        coalesce(p.sent_at, now())
    FROM placed AS p
    ORDER BY p.position
    RETURNING
        m.id,
        m.session_id,
        m.position,
        m.role,
        m.content,
        m.parts,
        m.name,
        m.tool_calls,
        m.calls,
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
        m.updated_at
),
embedding AS (
    INSERT INTO memdb.message_embeddings (org_id, message_id, session_id, space, embedding)
    SELECT
        :org_id,
        p.own_id,
        :session_id,
        :space::smallint,
        p.embedding
    FROM placed AS p
    WHERE p.embedding IS NOT NULL
),
results AS MATERIALIZED (
    SELECT
        count(*) AS all_of_them,
        count(DISTINCT (r.asked_position, r.tool_call_id)) AS calls,
        count(*) FILTER (WHERE r.asked_position > s.last_position) AS here
    FROM session AS s, answers AS r
),
-- The input number of each inserted message, by its place. An array avoids joining two long lists.
numbers AS MATERIALIZED (
    SELECT array_agg(f.number ORDER BY f.nth) AS of_nth FROM fresh AS f
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
    m.updated_at
FROM (
    SELECT
        i.id,
        i.session_id,
        i.position,
        i.role,
        i.content,
        i.parts,
        i.name,
        i.tool_calls,
        i.calls,
        i.open_calls,
        i.tool_call_id,
        i.asked_position,
        i.tokens,
        i.model,
        i.metadata,
        i.embedded,
        i.version,
        i.sent_at,
        i.created_at,
        i.updated_at,
        n.of_nth[i.position - s.last_position] AS number
    FROM inserted AS i, session AS s, numbers AS n
    UNION ALL
    -- Only if the session is not deleted.
    SELECT k.* FROM session AS s, known AS k
) AS m,
    results AS r
WHERE memdb.must(
    r.calls = r.all_of_them AND r.all_of_them = r.here + (SELECT coalesce(sum(a.calls), 0) FROM answered AS a),
    'tool_call_id', 'must be that of a tool call of the same session that has no result yet'
)
    AND CASE
        WHEN (SELECT bool_and(f.id IS NULL) FROM fresh AS f) THEN true
        ELSE memdb.not_in_archive(:org_id, ARRAY(SELECT i.id FROM inserted AS i))
    END
ORDER BY m.number
