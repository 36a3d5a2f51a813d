-- Removes a transcript with its entries, permanently. Returns whether it existed, and whether it was removed, or the name of a legal hold
-- that forbids it. If it existed and was not removed, without a hold, its revision is not the expected one.
-- not null: existed, removed
WITH known AS MATERIALIZED (
    SELECT
        t.id,
        t.agent_id,
        t.user_id
    FROM memdb.writable_organizations AS w, memdb.transcripts AS t
    WHERE w.org_id = :org_id::memdb.tenant
        AND t.org_id = :org_id
        AND t.namespace = :namespace::text
        AND t.external_id = :id::text
),
held AS MATERIALIZED (
    SELECT min(h.name) AS name
    FROM known AS k
    JOIN memdb.legal_holds AS h
        ON h.org_id = :org_id
        AND h.released_at IS NULL
        AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = k.user_id OR h.agent_id = k.agent_id)
),
removed AS (
    DELETE FROM memdb.transcripts AS t
    USING known AS k, held AS h
    WHERE h.name IS NULL
        AND t.org_id = :org_id
        AND t.id = k.id
        AND t.revision = coalesce(:expected_revision::text, t.revision)
    RETURNING t.id
)
SELECT
    h.name AS hold,
    EXISTS (SELECT FROM known) AS existed,
    EXISTS (SELECT FROM removed) AS removed
FROM held AS h
