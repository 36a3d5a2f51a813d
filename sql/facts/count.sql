-- The number of an agent's facts that pass the filters.
-- not null: count
SELECT count(*) AS count
FROM memdb.facts AS f
WHERE f.org_id = :org_id::memdb.tenant
    AND f.agent_id = :agent_id::uuid
    AND f.deleted_at IS NULL
    AND (
        :entity_id::uuid IS NULL
        OR (:attribute::text IS NOT NULL AND f.entity_id = :entity_id)
        OR (
            :attribute IS NULL
            AND f.id = ANY (ARRAY(SELECT l.fact_id FROM memdb.fact_entities AS l WHERE l.org_id = :org_id AND l.entity_id = :entity_id))
        )
    )
    AND (:attribute IS NULL OR f.attribute = :attribute)
    AND (
        :ended::boolean
        OR num_nonnulls(:as_of::timestamptz, :known_at::timestamptz) > 0
        OR (f.status = 'active' AND coalesce(f.expires_at > now(), true))
    )
    AND memdb.holds(f, :as_of, :known_at)
    AND (:category::text IS NULL OR f.category = :category)
    AND (:min_confidence::float8 IS NULL OR f.confidence >= :min_confidence)
