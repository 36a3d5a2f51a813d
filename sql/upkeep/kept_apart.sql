-- Rows that were distinct before all texts were case-folded alike, and are kept although they now equal another one.
-- not null: kind, id, equals
SELECT
    k.kind,
    k.id,
    k.equals
FROM memdb.kept_apart AS k
WHERE k.org_id = :org_id::memdb.tenant
ORDER BY k.kind, k.id
LIMIT 1000
