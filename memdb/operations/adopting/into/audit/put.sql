-- Inserts entries of another audit log, in order.
WITH put AS (
    INSERT INTO memdb.audit_log AS l (org_id, actor, action, resource_type, resource_id, details)
    SELECT
        :org_id::memdb.tenant,
        :actor::text,
        r.action,
        r.resource_type,
        r.resource_id,
        r.details
    FROM
        unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[])
        WITH ORDINALITY AS g (agent_id, id, said, embedding, number)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS r (action text, resource_type text, resource_id text, details jsonb)
    ORDER BY g.number
    RETURNING l.action
)
SELECT count(*) AS rows
FROM put AS p
