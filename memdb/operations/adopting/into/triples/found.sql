-- Which of these triples are in memdb, deleted ones too.
WITH given AS MATERIALIZED (
    SELECT
        g.number,
        g.user_id,
        -- Once for each, not for each pair with what is there.
        memdb.triple_key(g.subject) AS subject_key,
        memdb.triple_key(g.predicate) AS predicate_key,
        memdb.triple_key(g.object) AS object_key
    FROM unnest(:user_ids::uuid[], :subjects::text[], :predicates::text[], :objects::text[]) WITH ORDINALITY
        AS g (user_id, subject, predicate, object, number)
)
SELECT
    g.number,
    t.is_deleted
FROM given AS g
CROSS JOIN LATERAL (
    SELECT t.deleted_at IS NOT NULL AS is_deleted
    FROM memdb.triples AS t
    WHERE t.org_id = :org_id::memdb.tenant
        AND t.user_id = g.user_id
        AND t.subject_key = g.subject_key
        AND t.predicate_key = g.predicate_key
        AND t.object_key = g.object_key
        AND t.apart IS NULL
    LIMIT 1
) AS t
