-- Creates the missing transcripts, and updates those that nobody has written to since; returns their number, and the digest of their
-- contents.
WITH put AS (
    INSERT INTO memdb.transcripts AS t (
        org_id, agent_id, user_id, created_at, updated_at, namespace, external_id, scope, revision, state
    )
    SELECT
        w.org_id,
        :agent_id::uuid,
        :user_id::uuid,
        coalesce(a.created_at::timestamptz, a.updated_at::timestamptz, now()),
        coalesce(a.updated_at::timestamptz, now()),
        a.namespace,
        a.id,
        a.scope,
        a.revision,
        a.state
    FROM memdb.writable_organizations AS w, pg_temp.adopted AS a
    WHERE w.org_id = :org_id::memdb.tenant
        AND a.number BETWEEN :first::bigint AND :last::bigint
    ON CONFLICT (org_id, namespace, external_id) DO UPDATE
        SET
            updated_at = excluded.updated_at,
            scope = excluded.scope,
            revision = excluded.revision,
            state = excluded.state
        WHERE t.revision LIKE '% adopted'
            AND (t.scope, t.revision, t.state) IS DISTINCT FROM (excluded.scope, excluded.revision, excluded.state)
    RETURNING
        t.namespace,
        t.external_id,
        t.scope,
        t.state
)
SELECT
    count(*) AS added,
    count(*) AS told,
    :digest AS digest
FROM (
    SELECT concat_ws(chr(31), p.namespace, p.external_id, p.scope, p.state) AS said
    FROM put AS p
) AS d
