-- An agent's numbers of live memories and sessions, the tokens it has spent, and when it last did any of these.
-- not null: memories, sessions, tokens_this_month, tokens_total
WITH spent AS (
    SELECT
        coalesce(
            sum(t.input_tokens + t.output_tokens) FILTER (WHERE t.month = date_trunc('month', now() AT TIME ZONE 'UTC')), 0
        )::bigint AS tokens_this_month,
        coalesce(sum(t.input_tokens + t.output_tokens), 0)::bigint AS tokens_total,
        max(t.last_at) AS last_at
    FROM memdb.token_spending AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.agent_id = :id::uuid
)
SELECT
    (
        SELECT count(*)
        FROM memdb.memories AS m
        WHERE m.org_id = :org_id
            AND m.agent_id = :id
            AND m.deleted_at IS NULL
            AND (m.expires_at IS NULL OR m.expires_at > now())
    ) AS memories,
    (
        SELECT count(*)
        FROM memdb.sessions AS s
        WHERE s.org_id = :org_id
            AND s.agent_id = :id
            AND s.deleted_at IS NULL
    ) AS sessions,
    t.tokens_this_month,
    t.tokens_total,
    greatest(
        t.last_at,
        (
            SELECT m.created_at
            FROM memdb.memories AS m
            WHERE m.org_id = :org_id
                AND m.agent_id = :id
                AND m.deleted_at IS NULL
            ORDER BY m.id DESC
            LIMIT 1
        ),
        (
            SELECT max(s.active_at)
            FROM memdb.sessions AS s
            WHERE s.org_id = :org_id
                AND s.agent_id = :id
                AND s.deleted_at IS NULL
        )
    ) AS last_active_at
FROM memdb.agents AS a, spent AS t
WHERE a.org_id = :org_id
    AND a.id = :id
    AND a.deleted_at IS NULL
