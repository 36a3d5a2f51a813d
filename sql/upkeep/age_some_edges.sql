-- Ages a batch of an agent's edges, in the order of their ids. Adds 0.05 to the weight of edges used within a week, up to 1, and subtracts
-- a tenth from edges unused for 90 days, down to 0.1. Skips edges already aged within `days`. `after` is the id of the last edge of the
-- batch, NULL at the end.
-- not null: seen, changed
WITH agent AS MATERIALIZED (
    SELECT w.id
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
chosen AS MATERIALIZED (
    SELECT e.id
    FROM agent AS a, memdb.edges AS e
    WHERE e.org_id = :org_id
        AND e.agent_id = a.id
        AND e.id > CASE WHEN :after::uuid IS NULL THEN '00000000-0000-0000-0000-000000000000' ELSE :after END
    ORDER BY e.id
    LIMIT :limit::int
),
changed AS (
    UPDATE memdb.edges AS e
    SET
        weight = CASE
            WHEN e.used_at > now() - interval '7 days' THEN least(1, e.weight + 0.05)
            ELSE least(e.weight, greatest(0.1, e.weight * 0.9))
        END,
        aged_at = now()
    WHERE e.org_id = :org_id
        AND e.id = ANY (ARRAY(SELECT c.id FROM chosen AS c))
        AND e.invalidated_at IS NULL
        AND coalesce(e.aged_at <= now() - make_interval(secs => :days::float8 * 86400), true)
        AND (e.used_at > now() - interval '7 days' OR greatest(e.used_at, e.updated_at) < now() - interval '90 days')
    RETURNING e.id
)
SELECT
    (SELECT count(*) FROM chosen) AS seen,
    (SELECT count(*) FROM changed) AS changed,
    CASE WHEN (SELECT count(*) FROM chosen) = :limit THEN (SELECT c.id FROM chosen AS c ORDER BY c.id DESC LIMIT 1) END AS after
FROM agent AS a
