-- A memory's history, newest first: the state that each version left and what it changed, deleted memories included.
-- not null: changed
SELECT
    v.version,
    v.operation,
    v.changed_by,
    v.reason,
    ARRAY(
        SELECT field.name
        FROM (
            VALUES
            ('content', v.content <> p.content),
            ('category', v.category <> p.category),
            ('labels', v.labels <> p.labels),
            ('status', v.status <> p.status),
            ('confidence', v.confidence <> p.confidence),
            ('tags', v.tags <> p.tags),
            ('metadata', v.metadata <> p.metadata),
            ('valid_from', v.valid_from IS DISTINCT FROM p.valid_from),
            ('valid_until', v.valid_until IS DISTINCT FROM p.valid_until),
            ('expires_at', v.expires_at IS DISTINCT FROM p.expires_at),
            ('deleted_at', v.deleted_at IS DISTINCT FROM p.deleted_at),
            ('superseded_by', v.superseded_by IS DISTINCT FROM p.superseded_by),
            ('merged_into', v.merged_into IS DISTINCT FROM p.merged_into)
        ) AS field (name, differs)
        WHERE field.differs
            AND p.version IS NOT NULL
    ) AS changed,
    v.content,
    v.category,
    v.labels,
    v.status,
    v.confidence,
    v.tags,
    v.metadata,
    v.valid_from,
    v.valid_until,
    v.expires_at,
    v.deleted_at,
    v.superseded_by,
    v.merged_into,
    v.changed_at
FROM memdb.memory_versions AS v
LEFT JOIN memdb.memory_versions AS p ON p.org_id = v.org_id AND p.memory_id = v.memory_id AND p.version = v.version - 1
WHERE v.org_id = :org_id::memdb.tenant
    AND v.memory_id = :id::uuid
    AND (:before::int IS NULL OR v.version < :before)
ORDER BY v.version DESC
LIMIT :limit::int
