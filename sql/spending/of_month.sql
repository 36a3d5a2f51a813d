-- The tokens that each of the tenant's agents has spent in the month (UTC) of a given time.
-- not null: input_tokens, output_tokens
SELECT
    t.agent_id,
    t.month,
    sum(t.input_tokens)::bigint AS input_tokens,
    sum(t.output_tokens)::bigint AS output_tokens
FROM memdb.token_spending AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.month = date_trunc('month', coalesce(:at::timestamptz, now()) AT TIME ZONE 'UTC')::date
GROUP BY t.agent_id, t.month
ORDER BY t.agent_id
