-- The faults of the tenant's chain between two places: entries whose hash does not match their content and the previous link, places
-- without an entry, and an end that is not where the chain was left, or is not the link that the caller has kept.
-- not null: seq, fault
WITH chain AS (
    SELECT
        l.id,
        l.seq,
        l.digest,
        memdb.entry_digest(l) AS entry,
        lag(l.seq, 1, 0::bigint) OVER linked AS previous_seq,
        lag(l.digest, 1, ''::bytea) OVER linked AS previous_digest
    FROM memdb.audit_log AS l
    WHERE l.org_id = :org_id::memdb.tenant
        AND l.seq >= :after::bigint
        AND (:until::bigint IS NULL OR l.seq <= :until)
    WINDOW linked AS (ORDER BY l.seq)
),
ends AS (
    SELECT
        h.seq,
        h.digest
    FROM memdb.audit_heads AS h
    WHERE h.org_id = :org_id
    UNION ALL
    SELECT
        :kept_seq::bigint,
        decode(:kept_digest::text, 'hex')
    WHERE :kept_seq IS NOT NULL
),
reach AS (
    SELECT
        coalesce(max(e.seq), 0) AS seq,
        least(coalesce(max(e.seq), 0), :until) AS looked_at
    FROM ends AS e
)
SELECT
    c.seq,
    c.id AS entry_id,
    'altered' AS fault
FROM chain AS c
WHERE c.seq > :after
    AND c.seq = c.previous_seq + 1
    AND c.digest <> memdb.next_link(c.previous_digest, c.entry)
UNION ALL
SELECT
    gap.seq,
    NULL,
    'missing'
FROM chain AS c,
    -- The result is limited to 1,000 rows.
    generate_series(greatest(c.previous_seq, :after) + 1, least(c.seq - 1, greatest(c.previous_seq, :after) + 1000)) AS gap (seq)
UNION ALL
SELECT
    gap.seq,
    NULL,
    'missing'
FROM (
    SELECT
        greatest((SELECT max(c.seq) FROM chain AS c), :after) AS last,
        r.looked_at
    FROM reach AS r
) AS tail,
    generate_series(tail.last + 1, least(tail.looked_at, tail.last + 1000)) AS gap (seq)
UNION ALL
SELECT
    e.seq,
    c.id,
    'replaced'
FROM ends AS e
JOIN chain AS c ON c.seq = e.seq
WHERE c.digest <> e.digest
UNION ALL
SELECT
    c.seq,
    c.id,
    'added'
FROM chain AS c
WHERE c.seq > (SELECT r.seq FROM reach AS r)
ORDER BY seq, fault
LIMIT 1000
