-- Merges an agent's active observations into another of its active ones, which gets their entities and message_ids. Observations already
-- merged into it stay unchanged; if all are, so does the target. All are locked in the order of their ids. No row means that one of them
-- does not exist; then nothing changes.
-- not null: id, agent_id, content, entities, message_ids, observed_at, status, embedded, metadata, version, created_at, updated_at
WITH locked AS MATERIALIZED (
    SELECT o.*
    FROM memdb.session_observations AS o
    WHERE o.org_id = :org_id::memdb.tenant
        AND o.id = ANY (:ids::uuid[] || :into_id::uuid)
        AND o.deleted_at IS NULL
    ORDER BY o.id
    FOR NO KEY UPDATE
),
unmerged AS MATERIALIZED (
    SELECT
        l.id,
        l.entities,
        l.message_ids
    FROM locked AS l
    WHERE l.id <> :into_id
        AND l.merged_into IS DISTINCT FROM :into_id
),
target AS MATERIALIZED (
    SELECT l.*
    FROM locked AS l, memdb.writers AS w
    WHERE l.id = :into_id
        AND w.org_id = :org_id
        AND w.id = l.agent_id
        AND memdb.takes_writes(w, l.agent_id)
        AND (SELECT count(*) FROM locked) = (SELECT count(DISTINCT given.id) FROM unnest(:ids || :into_id) AS given (id))
        AND memdb.must(cardinality(:ids) > 0, 'ids', 'must not be empty')
        AND memdb.must(:into_id <> ALL (:ids), 'into_id', 'must be another observation')
        AND memdb.must(
            NOT EXISTS (SELECT FROM locked AS other WHERE other.agent_id <> l.agent_id),
            'ids', 'must be observations of the same agent as into_id'
        )
        AND memdb.must(
            l.status = 'active' OR NOT EXISTS (SELECT FROM unmerged),
            'into_id', 'must be an active observation, not one that is ' || l.status
        )
),
merged AS (
    UPDATE memdb.session_observations AS o
    SET
        status = memdb.next_observation_status(o.status, 'merged'),
        merged_into = t.id,
        updated_at = greatest(o.updated_at, now()),
        version = o.version + 1
    FROM target AS t
    WHERE o.org_id = :org_id
        AND o.id = ANY (ARRAY(SELECT u.id FROM unmerged AS u))
    RETURNING o.id
),
grown AS (
    UPDATE memdb.session_observations AS o
    SET
        entities = ARRAY(
            SELECT e.entity FROM target AS t, unnest(t.entities) AS e (entity)
            UNION
            SELECT e.entity FROM unmerged AS u, unnest(u.entities) AS e (entity)
            ORDER BY entity
        ),
        message_ids = ARRAY(
            SELECT m.id FROM target AS t, unnest(t.message_ids) AS m (id)
            UNION
            SELECT m.id FROM unmerged AS u, unnest(u.message_ids) AS m (id)
            ORDER BY id
        ),
        updated_at = greatest(o.updated_at, now()),
        version = memdb.next_version(o.version, :expected_version::int)
    FROM target AS t
    WHERE o.org_id = :org_id
        AND o.id = t.id
        AND EXISTS (SELECT FROM merged)
    RETURNING o.*
)
SELECT
    o.id,
    o.agent_id,
    o.session_id,
    o.user_id,
    o.content,
    o.topic,
    o.entities,
    o.message_ids,
    o.observed_at,
    o.referenced_at,
    o.relative_offset,
    o.emotion,
    o.emotion_intensity,
    o.status,
    o.merged_into,
    o.embedded,
    o.metadata,
    o.version,
    o.created_at,
    o.updated_at
FROM (
    SELECT * FROM grown
    UNION ALL
    SELECT * FROM target WHERE NOT EXISTS (SELECT FROM merged)
) AS o
