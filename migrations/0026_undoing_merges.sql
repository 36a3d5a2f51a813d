-- depends: 0025_deferrable_references
-- Merging entities and undoing that: what was wrong in two long functions, piece by piece. tests/integration/schema.sql has them as a whole.

DO $do$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT c.*
        FROM (VALUES
            -- What showed an edge that was invalidated shows it no more once an equal edge revives it.
            (
                'memdb.merge_entities'::regproc,
$old$            fact_id = CASE WHEN o.invalidated_at IS NULL THEN coalesce(o.fact_id, e.fact_id) ELSE coalesce(e.fact_id, o.fact_id) END,$old$,
$new$            fact_id = CASE WHEN o.invalidated_at IS NULL THEN coalesce(o.fact_id, e.fact_id) ELSE e.fact_id END,$new$
            ),
            -- A fact that gave way is active again beside one that says the same of another time.
            (
                'memdb.undo_entity_merge'::regproc,
$old$                    AND o.same_key = f.same_key
                    AND o.status = 'active'$old$,
$new$                    AND o.same_key = f.same_key
                    AND o.valid_until IS NOT DISTINCT FROM (p.before ->> 'valid_until')::timestamptz
                    AND o.status = 'active'$new$
            ),
            -- A fact that stays with the other entity goes on naming it, and names the one that was merged, too.
            (
                'memdb.undo_entity_merge'::regproc,
$old$            AND l.entity_id = kept.id
        RETURNING l.fact_id
    ),
    back AS (
        INSERT INTO memdb.fact_entities AS l (org_id, fact_id, entity_id)
        SELECT tenant, r.fact_id, gone.id FROM removed AS r
        UNION ALL
        SELECT tenant, n.fact_id, gone.id
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.fact_entities AS n ON n.org_id = tenant AND n.fact_id = p.part_id AND n.entity_id = kept.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'shared_link'$old$,
$new$            AND l.entity_id = kept.id
            AND NOT EXISTS (SELECT FROM memdb.facts AS f WHERE f.org_id = tenant AND f.id = l.fact_id AND f.entity_id = kept.id)
    ),
    back AS (
        INSERT INTO memdb.fact_entities AS l (org_id, fact_id, entity_id)
        SELECT tenant, n.fact_id, gone.id
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.fact_entities AS n ON n.org_id = tenant AND n.fact_id = p.part_id AND n.entity_id = kept.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind IN ('link', 'shared_link')$new$
            ),
            -- An edge gets its evidence back if that is a fact that holds; and only then, and if its other end was not merged since, it stands again.
            (
                'memdb.undo_entity_merge'::regproc,
$old$    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            invalidated_at = NULL,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'set_aside_edge'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.invalidated_at = made.merged_at
        RETURNING e.id
    )
    SELECT done || array_agg('set_aside_edge ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            fact_id = f.id,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.facts AS f ON f.org_id = tenant AND f.id = p.other_id
        JOIN memdb.entity_merge_parts AS q ON q.org_id = tenant AND q.merge_id = merge AND q.kind = 'equal_fact' AND q.part_id = f.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'evidence'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.fact_id = q.other_id
        RETURNING e.id
    )
    SELECT done || array_agg('evidence ' || b.id) INTO done FROM back AS b;$old$,
$new$    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            fact_id = f.id,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.facts AS f ON f.org_id = tenant AND f.id = p.other_id
        JOIN memdb.entity_merge_parts AS q ON q.org_id = tenant AND q.merge_id = merge AND q.kind = 'equal_fact' AND q.part_id = f.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'evidence'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.fact_id = q.other_id
            AND f.status = 'active'
            AND f.deleted_at IS NULL
        RETURNING e.id
    )
    SELECT done || array_agg('evidence ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            invalidated_at = NULL,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'set_aside_edge'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.invalidated_at = made.merged_at
            AND (
                e.fact_id IS NULL
                OR EXISTS (
                    SELECT FROM memdb.facts AS f
                    WHERE f.org_id = tenant
                        AND f.id = e.fact_id
                        AND f.status = 'active'
                        AND f.deleted_at IS NULL
                )
            )
            AND NOT EXISTS (
                SELECT FROM memdb.entities AS x
                WHERE x.org_id = tenant
                    AND x.id IN (e.source_id, e.target_id)
                    AND x.status = 'merged'
            )
        RETURNING e.id
    )
    SELECT done || array_agg('set_aside_edge ' || b.id) INTO done FROM back AS b;$new$
            )
        ) AS c (function, old, new)
    LOOP
        IF strpos(pg_get_functiondef(change.function), change.old) = 0 THEN
            RAISE EXCEPTION '% is not as it was', change.function;
        END IF;
        EXECUTE replace(pg_get_functiondef(change.function), change.old, change.new);
    END LOOP;
END
$do$;

COMMENT ON SCHEMA memdb IS 'memdb 0026_undoing_merges';
