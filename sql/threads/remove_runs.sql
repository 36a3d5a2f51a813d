-- Removes the checkpoints of some runs, with the writes after them and the values that no other checkpoint has. Returns how many, or the
-- name of a legal hold that forbids it.
-- not null: checkpoints
WITH chosen AS MATERIALIZED (
    SELECT
        c.thread_id,
        c.namespace,
        c.id,
        t.agent_id,
        t.user_id
    FROM memdb.writable_organizations AS w, memdb.thread_checkpoints AS c
    JOIN memdb.threads AS t ON t.org_id = c.org_id AND t.id = c.thread_id
    WHERE w.org_id = :org_id::memdb.tenant
        AND c.org_id = :org_id
        AND c.run_id = ANY (:run_ids::text[])
        AND t.org_id = :org_id
        AND t.deleted_at IS NULL
),
held AS MATERIALIZED (
    SELECT min(h.name) AS name
    FROM chosen AS c
    JOIN memdb.legal_holds AS h
        ON h.org_id = :org_id
        AND h.released_at IS NULL
        AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = c.user_id OR h.agent_id = c.agent_id)
),
removed AS (
    DELETE FROM memdb.thread_checkpoints AS c
    USING held AS h, chosen AS o
    WHERE h.name IS NULL
        AND c.org_id = :org_id
        AND c.thread_id = o.thread_id
        AND c.namespace = o.namespace
        AND c.id = o.id
    RETURNING
        c.thread_id,
        c.namespace,
        c.id,
        c.versions
),
unwritten AS (
    DELETE FROM memdb.thread_writes AS w
    USING removed AS r
    WHERE w.org_id = :org_id
        AND w.thread_id = r.thread_id
        AND w.namespace = r.namespace
        AND w.checkpoint_id = r.id
),
freed AS (
    SELECT
        r.thread_id,
        r.namespace,
        v.channel,
        v.version
    FROM removed AS r
    CROSS JOIN LATERAL jsonb_each_text(r.versions) AS v (channel, version)
    -- Not an anti-join, which might compare each of them with all others.
    EXCEPT
    SELECT
        c.thread_id,
        c.namespace,
        v.channel,
        v.version
    FROM (SELECT DISTINCT o.thread_id, o.namespace FROM chosen AS o) AS o
    JOIN memdb.thread_checkpoints AS c ON c.thread_id = o.thread_id AND c.namespace = o.namespace
    CROSS JOIN LATERAL jsonb_each_text(c.versions) AS v (channel, version)
    WHERE c.org_id = :org_id
        AND (c.run_id = ANY (:run_ids)) IS NOT TRUE
),
unvalued AS (
    DELETE FROM memdb.thread_values AS v
    USING freed AS f
    CROSS JOIN LATERAL (
        SELECT o.ctid AS place
        FROM memdb.thread_values AS o
        WHERE o.org_id = :org_id
            AND o.thread_id = f.thread_id
            AND o.namespace = f.namespace
            AND o.channel = f.channel
            AND o.version = f.version
        -- Each is looked up by its key, however many the planner expects.
        LIMIT 1
    ) AS o
    WHERE v.org_id = :org_id
        AND v.ctid = o.place
)
SELECT
    h.name AS hold,
    (SELECT count(*) FROM removed) AS checkpoints
FROM held AS h
