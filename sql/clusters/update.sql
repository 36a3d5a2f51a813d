-- Changes the given fields of one live cluster of any status. NULL leaves a field unchanged, unless :cleared names it.
-- not null: size
WITH changed AS (
    UPDATE memdb.clusters AS c
    SET
        label = coalesce(:label::text, c.label),
        summary = coalesce(:summary::text, CASE WHEN 'summary' <> ALL (:cleared::text[]) THEN c.summary END),
        type = coalesce(:type::text, c.type),
        importance = coalesce(:importance::float8, c.importance),
        metadata = coalesce(:metadata::jsonb, c.metadata),
        updated_at = greatest(c.updated_at, now()),
        version = memdb.next_version(c.version, :expected_version::int)
    FROM memdb.writers AS w
    WHERE c.org_id = :org_id::memdb.tenant
        AND c.id = :id::uuid
        AND c.deleted_at IS NULL
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
