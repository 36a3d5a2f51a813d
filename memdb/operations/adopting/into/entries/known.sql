-- Which of these entries, by their numbers, are as they were adopted, with their positions as ids.
SELECT g.number
FROM unnest(:ids::text[], :positions::int[]) WITH ORDINALITY AS g (id, position, number)
JOIN memdb.transcripts AS t ON t.org_id = :org_id::memdb.tenant AND t.namespace = :namespace::text AND t.external_id = g.id
JOIN memdb.transcript_entries AS e ON e.org_id = :org_id AND e.transcript_id = t.id AND e.position = g.position
WHERE starts_with(e.data, '{"id":"' || g.position || '",')
