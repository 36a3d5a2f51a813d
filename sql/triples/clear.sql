-- Soft-deletes the live triples of a user, or of the tenant, that have the given parts, and returns their number.
-- not null: count
WITH matching AS MATERIALIZED (
    -- Locked in the order of the ids, so that two concurrent runs cannot deadlock.
    SELECT t.id
    FROM memdb.triples AS t
    WHERE t.org_id = :org_id::memdb.tenant
        -- A subquery, because coalesce() is not leakproof: under row-level security it would rule out the index.
        AND t.owner_id = (SELECT coalesce(:user_id::uuid, :org_id))
        AND (:subject::text IS NULL OR t.subject_key = (SELECT memdb.triple_key(:subject)))
        AND (:predicate::text IS NULL OR t.predicate_key = (SELECT memdb.triple_key(:predicate)))
        AND (:object::text IS NULL OR t.object_key = (SELECT memdb.triple_key(:object)))
        AND t.deleted_at IS NULL
        AND memdb.must(
            :everything::boolean OR num_nonnulls(:subject, :predicate, :object) > 0,
            'subject', 'or predicate, or object, must be given, or everything=True to delete all that the owner has'
        )
    ORDER BY t.id
    FOR NO KEY UPDATE
),
deleted AS (
    UPDATE memdb.triples AS t
    SET
        deleted_at = now(),
        updated_at = greatest(t.updated_at, now()),
        version = t.version + 1
    FROM memdb.writable_organizations AS w
    WHERE t.org_id = :org_id
        AND t.id = ANY (ARRAY(SELECT m.id FROM matching AS m))
        AND w.org_id = :org_id
    RETURNING t.id
)
SELECT count(*) AS count
FROM deleted
