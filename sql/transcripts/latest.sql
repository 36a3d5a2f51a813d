-- The newest entries of a transcript, in order. Reads one run after the other, newest first, as far as needed. `later` is the number of
-- entries after a run.
-- not null: position, text, created_at
WITH RECURSIVE run AS (
    SELECT
        t.id AS transcript_id,
        greatest(t.run_start, t.head - :limit::int + 1) AS first,
        t.head AS last,
        t.run_after AS before,
        0 AS later
    FROM memdb.transcripts AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.namespace = :namespace::text
        AND t.external_id = :id::text
    UNION ALL
    SELECT
        r.transcript_id,
        greatest(e.run_start, e.position - :limit + r.later + r.last - r.first + 2),
        e.position,
        e.run_after,
        r.later + r.last - r.first + 1
    FROM run AS r
    JOIN memdb.transcript_entries AS e ON e.transcript_id = r.transcript_id AND e.position = r.before
    WHERE e.org_id = :org_id
        AND (:limit IS NULL OR r.later + r.last - r.first + 1 < :limit)
)
SELECT
    e.position,
    e.id,
    CASE
        WHEN lag(e.position) OVER w IS NOT NULL THEN lag(e.id) OVER w
        WHEN e.id IS NOT NULL THEN (
            SELECT o.id
            FROM memdb.transcript_entries AS o
            WHERE o.org_id = :org_id
                AND o.transcript_id = e.transcript_id
                AND o.position = CASE WHEN e.position > e.run_start THEN e.position - 1 ELSE e.run_after END
        )
    END AS parent_id,
    e.data AS text,
    e.created_at
FROM run AS r
CROSS JOIN LATERAL (
    SELECT *
    FROM memdb.transcript_entries AS o
    WHERE o.org_id = :org_id
        AND o.transcript_id = r.transcript_id
        AND o.position BETWEEN r.first AND r.last
    -- OFFSET 0 reads run by run: the planner expects many long runs, and if the tenant has few entries, would read all of them.
    OFFSET 0
) AS e
WINDOW w AS (ORDER BY e.position)
ORDER BY e.position
