-- How often memories were used, in the order of the ids given; zero for those never used. Skips ids that are not the tenant's.
-- not null: retrievals, injections
SELECT
    m.id AS memory_id,
    coalesce(u.retrievals, 0) AS retrievals,
    coalesce(u.injections, 0) AS injections,
    u.last_retrieved_at,
    u.last_injected_at
FROM unnest(:ids::uuid[]) WITH ORDINALITY AS wanted (id, position)
JOIN memdb.memories AS m ON m.org_id = :org_id::memdb.tenant AND m.id = wanted.id
LEFT JOIN memdb.memory_usage AS u ON u.org_id = m.org_id AND u.memory_id = m.id
ORDER BY wanted.position
