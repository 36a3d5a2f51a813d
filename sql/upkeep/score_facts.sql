-- Recomputes the vitality of a batch of an agent's active facts, in the order of their ids, and whether they are stale. No changed column
-- is indexed, and changes of less than 0.005 are not stored. `after` is the id of the last fact of the batch, NULL at the end.
-- not null: seen, changed
WITH agent AS MATERIALIZED (
    SELECT w.id
    FROM memdb.writers AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND w.id = :agent_id::uuid
        AND memdb.takes_writes(w, :agent_id)
),
chosen AS MATERIALIZED (
    SELECT f.id
    FROM agent AS a, memdb.facts AS f
    WHERE f.org_id = :org_id
        AND f.agent_id = a.id
        AND f.status = 'active'
        AND f.deleted_at IS NULL
        AND f.id > CASE WHEN :after::uuid IS NULL THEN '00000000-0000-0000-0000-000000000000' ELSE :after END
    ORDER BY f.id
    LIMIT :limit::int
),
scored AS MATERIALIZED (
    SELECT
        f.id,
        memdb.vitality(
            f.retrievals,
            memdb.days_between(f.retrieved_at, now()),
            memdb.days_between(f.ingested_at, now()),
            f.confidence,
            f.confirmations,
            f.corrections
        ) AS vitality
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id
        AND f.id = ANY (ARRAY(SELECT c.id FROM chosen AS c))
),
changed AS (
    UPDATE memdb.facts AS f
    SET
        vitality = s.vitality,
        stale = s.vitality < 0.2 AND f.importance < 0.8 AND NOT f.sensitive
    FROM scored AS s
    WHERE f.org_id = :org_id
        AND f.id = s.id
        AND f.status = 'active'
        AND (
            f.vitality IS NULL
            OR abs(f.vitality - s.vitality) >= 0.005
            OR f.stale <> (s.vitality < 0.2 AND f.importance < 0.8 AND NOT f.sensitive)
        )
    RETURNING f.id
)
SELECT
    (SELECT count(*) FROM chosen) AS seen,
    (SELECT count(*) FROM changed) AS changed,
    CASE WHEN (SELECT count(*) FROM chosen) = :limit THEN (SELECT c.id FROM chosen AS c ORDER BY c.id DESC LIMIT 1) END AS after
FROM agent AS a
