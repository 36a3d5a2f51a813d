-- Reseals a chain that was restored under another id with that id, if it was intact under the original one; a broken chain stays broken.
-- Returns whether it was intact, and the seal that it had.
-- not null: intact, seq, digest
WITH chain AS MATERIALIZED (
    SELECT
        l.id,
        l.seq,
        l.digest,
        memdb.entry_digest(l) AS entry,
        memdb.entry_digest(jsonb_populate_record(l, jsonb_build_object('org_id', :original_id::uuid))) AS original_entry,
        lag(l.seq, 1, 0::bigint) OVER linked AS previous_seq,
        lag(l.digest, 1, ''::bytea) OVER linked AS previous_digest
    FROM memdb.audit_log AS l
    WHERE l.org_id = :org_id::memdb.tenant
        AND l.seq IS NOT NULL
    WINDOW linked AS (ORDER BY l.seq)
),
head AS MATERIALIZED (
    SELECT
        coalesce(max(h.seq), 0) AS seq,
        coalesce((array_agg(h.digest))[1], '') AS digest
    FROM memdb.audit_heads AS h
    WHERE h.org_id = :org_id
),
judged AS MATERIALIZED (
    SELECT
        h.seq,
        h.digest,
        count(*) FILTER (WHERE c.seq = c.previous_seq + 1 AND c.digest = memdb.next_link(c.previous_digest, c.original_entry)) = h.seq
        AND count(c.seq) = h.seq
        AND h.digest = coalesce((SELECT last.digest FROM chain AS last ORDER BY last.seq DESC LIMIT 1), '') AS intact
    FROM head AS h
    LEFT JOIN chain AS c ON true
    GROUP BY
        h.seq,
        h.digest
),
links AS MATERIALIZED (
    SELECT
        c.id,
        c.seq,
        memdb.chained('', c.entry) OVER (ORDER BY c.seq) AS digest
    FROM chain AS c, judged AS j
    WHERE j.intact
),
sealed AS (
    UPDATE memdb.audit_log AS l
    SET digest = links.digest
    FROM links
    WHERE l.org_id = :org_id
        AND l.id = links.id
),
moved AS (
    UPDATE memdb.audit_heads AS h
    SET digest = links.digest
    FROM links
    WHERE h.org_id = :org_id
        AND links.seq = h.seq
)
SELECT
    j.intact,
    j.seq,
    encode(j.digest, 'hex') AS digest
FROM judged AS j
