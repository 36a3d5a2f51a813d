-- Removes the newest entry from a transcript and returns it, to one caller only. Under a legal hold, it is removed from the transcript's
-- history, but stays in the table. No row means that there is none.
-- not null: position, text, created_at
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
)
SELECT
    p.place AS position,
    p.entry_id AS id,
    p.parent_id,
    p.entry_data AS text,
    p.entry_created_at AS created_at
FROM known AS k
CROSS JOIN LATERAL memdb.pop_entry(
    :org_id,
    k.id,
    EXISTS (
        SELECT FROM memdb.legal_holds AS h
        WHERE h.org_id = :org_id
            AND h.released_at IS NULL
            AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = k.user_id OR h.agent_id = k.agent_id)
    )
) AS p
