-- The entities that a fact names; the one that it is about comes first.
SELECT l.entity_id
FROM memdb.facts AS f
JOIN memdb.fact_entities AS l ON l.org_id = :org_id::memdb.tenant AND l.fact_id = f.id
WHERE f.org_id = :org_id
    AND f.id = :id::uuid
    AND f.deleted_at IS NULL
ORDER BY l.entity_id <> f.entity_id, l.entity_id
