-- Links the oldest unsealed entries to the end of the chain. To be called only after lock_head, in the same transaction.
-- not null: seq, digest, sealed
WITH unsealed AS (
    SELECT
        l.id,
        row_number() OVER (ORDER BY l.id) AS place,
        memdb.entry_digest(l) AS entry
    FROM memdb.audit_log AS l
    WHERE l.org_id = :org_id::memdb.tenant
        AND l.seq IS NULL
    ORDER BY l.id
    LIMIT :limit::int
),
links AS (
    SELECT
        u.id,
        h.seq + u.place AS seq,
        memdb.chained(h.digest, u.entry) OVER (ORDER BY u.place) AS digest
    FROM unsealed AS u, memdb.audit_heads AS h
    WHERE h.org_id = :org_id
),
sealed AS (
    UPDATE memdb.audit_log AS l
    SET
        seq = links.seq,
        digest = links.digest
    FROM links
    WHERE l.org_id = :org_id
        AND l.id = links.id
),
last AS (
    SELECT
        links.seq,
        links.digest
    FROM links
    ORDER BY links.seq DESC
    LIMIT 1
),
moved AS (
    UPDATE memdb.audit_heads AS h
    SET
        seq = last.seq,
        digest = last.digest
    FROM last
    WHERE h.org_id = :org_id
)
SELECT
    coalesce((SELECT last.seq FROM last), h.seq) AS seq,
    encode(coalesce((SELECT last.digest FROM last), h.digest), 'hex') AS digest,
    (SELECT count(*) FROM links) AS sealed
FROM memdb.audit_heads AS h
WHERE h.org_id = :org_id
