-- Removes all checkpoints of some live threads except the last of each namespace, with the writes after them and the values that no other
-- checkpoint has; and the namespaces of nested graphs whose root is removed. If the last one needs its parent for the writes to that, the
-- parent is kept. Returns how many were removed; or a legal hold that forbids it, or the threads whose checkpoints need all their
-- ancestors.
-- not null: checkpoints, dependent
WITH thread AS MATERIALIZED (
    SELECT
        t.id,
        t.agent_id,
        t.user_id,
        t.external_id
    FROM memdb.writable_organizations AS w, memdb.threads AS t
    WHERE w.org_id = :org_id::memdb.tenant
        AND t.org_id = :org_id
        AND t.external_id = ANY (:thread_ids::text[])
        AND t.deleted_at IS NULL
),
held AS MATERIALIZED (
    SELECT min(h.name) AS name
    FROM thread AS t
    JOIN memdb.legal_holds AS h
        ON h.org_id = :org_id
        AND h.released_at IS NULL
        AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = t.user_id OR h.agent_id = t.agent_id)
),
place AS MATERIALIZED (
    SELECT
        c.thread_id,
        c.namespace,
        c.id,
        c.parent_id,
        c.root_id,
        c.needs,
        row_number() OVER (PARTITION BY c.thread_id, c.namespace ORDER BY c.id DESC) AS age
    FROM thread AS t
    JOIN memdb.thread_checkpoints AS c ON c.thread_id = t.id
    WHERE c.org_id = :org_id
),
dependent AS MATERIALIZED (
    SELECT coalesce(array_agg(DISTINCT t.external_id), '{}') AS thread_ids
    FROM place AS p
    JOIN thread AS t ON t.id = p.thread_id
    WHERE p.needs = 'ancestors'
),
allowed AS MATERIALIZED (
    SELECT
    FROM held AS h, dependent AS d
    WHERE h.name IS NULL
        AND d.thread_ids = '{}'
),
-- The last checkpoints, and the parents that they need.
kept AS MATERIALIZED (
    SELECT
        p.thread_id,
        p.namespace,
        p.id
    FROM place AS p
    WHERE p.age = 1
    UNION
    SELECT
        p.thread_id,
        p.namespace,
        p.parent_id
    FROM place AS p
    WHERE p.age = 1
        AND p.needs = 'parent'
        AND EXISTS (
            SELECT FROM memdb.thread_writes AS w
            WHERE w.org_id = :org_id
                AND w.thread_id = p.thread_id
                AND w.namespace = p.namespace
                AND w.checkpoint_id = p.parent_id
        )
),
-- The namespaces that end with their root. A root that does not exist is yet to come.
ended AS MATERIALIZED (
    SELECT
        p.thread_id,
        p.namespace
    FROM place AS p
    WHERE p.age = 1
        AND p.root_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM kept AS k WHERE k.thread_id = p.thread_id AND k.namespace = '' AND k.id = p.root_id)
        AND EXISTS (
            SELECT FROM memdb.thread_checkpoints AS r
            WHERE r.org_id = :org_id
                AND r.thread_id = p.thread_id
                AND r.namespace = ''
                AND r.id = p.root_id
        )
),
chosen AS MATERIALIZED (
    SELECT
        p.thread_id,
        p.namespace,
        p.id
    FROM place AS p, allowed
    EXCEPT
    SELECT
        k.thread_id,
        k.namespace,
        k.id
    FROM kept AS k
    WHERE (k.thread_id, k.namespace) NOT IN (SELECT e.thread_id, e.namespace FROM ended AS e)
),
removed AS (
    DELETE FROM memdb.thread_checkpoints AS c
    USING chosen AS o
    WHERE c.org_id = :org_id
        AND c.thread_id = o.thread_id
        AND c.namespace = o.namespace
        AND c.id = o.id
    RETURNING
        c.thread_id,
        c.namespace,
        c.id,
        c.versions
),
first AS (
    UPDATE memdb.thread_checkpoints AS c
    SET parent_id = NULL
    FROM kept AS k, allowed
    WHERE c.org_id = :org_id
        AND c.thread_id = k.thread_id
        AND c.namespace = k.namespace
        AND c.id = k.id
        AND (c.thread_id, c.namespace, c.parent_id) IN (SELECT o.thread_id, o.namespace, o.id FROM chosen AS o)
        AND (c.thread_id, c.namespace) NOT IN (SELECT e.thread_id, e.namespace FROM ended AS e)
),
unwritten AS (
    DELETE FROM memdb.thread_writes AS w
    USING chosen AS o
    WHERE w.org_id = :org_id
        AND w.thread_id = o.thread_id
        AND w.namespace = o.namespace
        AND w.checkpoint_id = o.id
),
freed AS (
    SELECT
        r.thread_id,
        r.namespace,
        v.channel,
        v.version
    FROM removed AS r
    CROSS JOIN LATERAL jsonb_each_text(r.versions) AS v (channel, version)
    EXCEPT
    SELECT
        c.thread_id,
        c.namespace,
        v.channel,
        v.version
    FROM kept AS k
    JOIN memdb.thread_checkpoints AS c ON c.thread_id = k.thread_id AND c.namespace = k.namespace AND c.id = k.id
    CROSS JOIN LATERAL jsonb_each_text(c.versions) AS v (channel, version)
    WHERE c.org_id = :org_id
        AND (k.thread_id, k.namespace) NOT IN (SELECT e.thread_id, e.namespace FROM ended AS e)
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
    d.thread_ids AS dependent,
    (SELECT count(*) FROM removed) AS checkpoints
FROM held AS h, dependent AS d
