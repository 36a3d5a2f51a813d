-- Restores one deleted cluster.
-- not null: size
WITH changed AS (
    UPDATE memdb.clusters AS c
    SET
        deleted_at = NULL,
        updated_at = greatest(c.updated_at, now()),
        version = memdb.next_version(c.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE c.org_id = :org_id::memdb.tenant
        AND c.id = :id::uuid
        AND c.deleted_at IS NOT NULL
        AND w.org_id = :org_id
        AND w.id = c.agent_id
        AND memdb.takes_writes(w, c.agent_id)
    RETURNING c.*
)
SELECT
    c.id,
    c.agent_id,
    c.label,
    c.summary,
    c.type,
    c.importance,
    c.status,
    c.merged_into,
    (SELECT count(*) FROM memdb.cluster_facts AS f WHERE f.org_id = c.org_id AND f.cluster_id = c.id) AS size,
    c.refreshed_at,
    c.metadata,
    c.version,
    c.created_at,
    c.updated_at
FROM changed AS c
