-- What was told apart before all texts were folded alike, and is kept apart though it is the same as another by now.
-- not null: kind, id, equals
SELECT
    k.kind,
    k.id,
    k.equals
FROM memdb.kept_apart AS k
WHERE k.org_id = :org_id::memdb.tenant
ORDER BY k.kind, k.id
LIMIT 1000
