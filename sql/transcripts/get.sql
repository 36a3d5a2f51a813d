-- A transcript by its namespace and name.
SELECT
    t.external_id AS id,
    t.namespace,
    t.id AS key,
    t.agent_id,
    t.user_id,
    t.scope,
    t.length,
    t.head_id,
    t.branches,
    t.revision,
    t.state AS state_text,
    t.created_at,
    t.updated_at
FROM memdb.transcripts AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND t.namespace = :namespace::text
    AND t.external_id = :id::text
