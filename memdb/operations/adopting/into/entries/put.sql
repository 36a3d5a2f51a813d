-- Appends the missing entries to their transcripts, if nobody has written to these since; returns their number, and the digest of what was
-- put. If entries between two are missing because they were bad, the second begins a run that continues after the first.
WITH transcript AS MATERIALIZED (
    SELECT t.*
    FROM (
        SELECT DISTINCT
            a.namespace,
            a.id
        FROM pg_temp.adopted AS a
        WHERE a.number BETWEEN :first::bigint AND :last::bigint
    ) AS a
    JOIN memdb.transcripts AS t ON t.org_id = :org_id::memdb.tenant AND t.namespace = a.namespace AND t.external_id = a.id
    WHERE t.revision LIKE '% adopted'
    ORDER BY t.id
    FOR NO KEY UPDATE OF t
),
given AS MATERIALIZED (
    SELECT
        t.id AS transcript_id,
        t.run_start,
        t.run_after,
        a.position,
        a.entry_id,
        a.data,
        a.created_at,
        memdb.must(
            -- Also accepts what Python takes for JSON although it is not.
            a.data IS JSON OR regexp_replace(a.data, '\m(NaN|Infinity)\M', '0', 'g') IS JSON, 'data', 'must be JSON'
        ) AS is_right,
        coalesce(lag(a.position) OVER in_order, t.head) AS previous
    FROM memdb.writable_organizations AS w, pg_temp.adopted AS a
    JOIN transcript AS t ON t.namespace = a.namespace AND t.external_id = a.id
    WHERE w.org_id = :org_id
        AND a.position > t.last_position
        AND a.number BETWEEN :first AND :last
    WINDOW in_order AS (PARTITION BY t.id ORDER BY a.position)
),
placed AS MATERIALIZED (
    SELECT
        g.*,
        coalesce(max(g.position) FILTER (WHERE g.position > g.previous + 1) OVER so_far, g.run_start) AS start,
        coalesce(max(g.previous) FILTER (WHERE g.position > g.previous + 1) OVER so_far, g.run_after) AS after,
        lead(g.position) OVER so_far IS NULL AS is_last
    FROM given AS g
    WHERE g.is_right
    WINDOW so_far AS (PARTITION BY g.transcript_id ORDER BY g.position)
),
put AS (
    INSERT INTO memdb.transcript_entries AS e (org_id, transcript_id, created_at, position, run_start, run_after, id, data)
    SELECT
        :org_id,
        p.transcript_id,
        coalesce(p.created_at::timestamptz, now()),
        p.position,
        p.start,
        p.after,
        p.entry_id,
        p.data
    FROM placed AS p
    RETURNING
        e.transcript_id,
        e.position,
        e.id,
        e.data
),
extended AS (
    UPDATE memdb.transcripts AS t
    SET
        length = t.length + c.entries,
        last_position = p.position,
        head = p.position,
        head_id = p.entry_id,
        run_start = p.start,
        run_after = p.after
    FROM placed AS p
    JOIN (SELECT g.transcript_id, count(*)::int AS entries FROM placed AS g GROUP BY g.transcript_id) AS c USING (transcript_id)
    WHERE t.org_id = :org_id
        AND t.id = p.transcript_id
        AND p.is_last
    RETURNING
        t.id,
        t.namespace,
        t.external_id
)
SELECT
    count(*) AS added,
    count(*) AS told,
    :digest AS digest
FROM (
    SELECT concat_ws(chr(31), t.namespace, t.external_id, p.position, p.id, p.data) AS said
    FROM put AS p
    JOIN extended AS t ON t.id = p.transcript_id
) AS d
