-- Adds to the tokens that an agent has spent this month (UTC) and returns the sum. No row means that there is no such agent.
-- not null: spent
WITH writer AS (
    SELECT
        w.id,
        w.monthly_token_quota,
        date_trunc('month', now() AT TIME ZONE 'UTC')::date AS month
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
added AS (
    INSERT INTO memdb.token_spending AS t (org_id, agent_id, month, slot, input_tokens, output_tokens)
    SELECT
        :org_id,
        w.id,
        w.month,
        pg_backend_pid() % 8,
        :input_tokens::bigint,
        :output_tokens::bigint
    FROM writer AS w
    ON CONFLICT (org_id, agent_id, month, slot) DO UPDATE
        SET
            input_tokens = t.input_tokens + excluded.input_tokens,
            output_tokens = t.output_tokens + excluded.output_tokens,
            last_at = greatest(t.last_at, now())
)
SELECT
    (
        SELECT coalesce(sum(t.input_tokens + t.output_tokens), 0)
        FROM memdb.token_spending AS t
        WHERE t.org_id = :org_id
            AND t.agent_id = w.id
            AND t.month = w.month
    )::bigint + :input_tokens + :output_tokens AS spent
FROM writer AS w
WHERE memdb.take_quota(:org_id, 'monthly_tokens', w.month, w.monthly_token_quota, :input_tokens + :output_tokens)
