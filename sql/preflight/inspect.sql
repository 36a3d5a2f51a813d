-- What connect() needs to know about the database and its role. It is read from the catalog alone, so that it also works without a schema.
-- `unprotected_tables` are the tables of tenants' rows in `schemas` that could show a tenant another's rows.
-- not null: server_version, role, sees_past_rls, owns_tables, acts_as_admin, may_use_vector, vector_on_path, unprotected_tables, steady_functions
-- not null: encoding, unwanted_settings, app_role, admin_role
WITH acting AS (
    SELECT
        max(p.polroles[1]) FILTER (WHERE p.polname = 'app') AS app,
        max(p.polroles[1]) FILTER (WHERE p.polname = 'admin') AS admin
    FROM pg_policy AS p
    JOIN pg_class AS c ON c.oid = p.polrelid
    WHERE c.relnamespace = to_regnamespace('memdb')
        AND c.relname = 'database_roles'
),
tables AS (
    SELECT
        c.oid,
        c.relowner,
        c.relrowsecurity,
        c.relforcerowsecurity,
        concat(nullif(n.nspname, 'memdb') || '.', c.relname) AS name,
        CASE WHEN n.nspname = 'memdb' AND c.relname = 'organizations' THEN 'id' ELSE 'org_id' END AS owner
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (:schemas::text[])
        AND c.relkind IN ('r', 'p')
        AND (
            (n.nspname = 'memdb' AND c.relname = 'organizations')
            OR EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped)
        )
),
judged AS (
    SELECT
        t.name,
        CASE
            WHEN NOT t.relrowsecurity THEN 'not enabled'
            WHEN NOT t.relforcerowsecurity THEN 'not forced'
            -- Permissive policies are OR-ed: any besides these two, for these roles and all commands, could widen what a tenant sees.
            WHEN ARRAY(
                SELECT
                    concat_ws(
                        ' ',
                        p.polname,
                        p.polcmd,
                        CASE WHEN p.polpermissive THEN 'permissive' END,
                        CASE WHEN p.polroles = ARRAY[a.admin] THEN 'admin' ELSE p.polroles::regrole[]::text END,
                        pg_get_expr(p.polqual, p.polrelid),
                        pg_get_expr(p.polwithcheck, p.polrelid)
                    )
                FROM pg_policy AS p
                WHERE p.polrelid = t.oid
                ORDER BY p.polname
            ) <> ARRAY[
                'admin * permissive admin true',
                'tenant * permissive {-} (' || t.owner || ' = (NULLIF(current_setting(''memdb.org_id''::text, true), ''''::text))::uuid)'
            ] THEN 'other policies'
        END AS found
    FROM tables AS t
    CROSS JOIN acting AS a
)
SELECT
    current_setting('server_version_num')::int AS server_version,
    current_setting('server_encoding') AS encoding,
    obj_description(to_regnamespace('memdb'), 'pg_namespace') AS schema_comment,
    extension.extversion AS vector_version,
    extension.schema AS vector_schema,
    coalesce(has_schema_privilege(extension.schema, 'USAGE'), false) AS may_use_vector,
    to_regtype('vector') IS NOT NULL AS vector_on_path,
    current_user::text AS role,
    coalesce(pg_get_userbyid(acting.app)::text, 'memdb_app') AS app_role,
    coalesce(pg_get_userbyid(acting.admin)::text, 'memdb_admin') AS admin_role,
    effective.rolsuper OR effective.rolbypassrls AS sees_past_rls,
    EXISTS (
        SELECT FROM pg_class AS c
        WHERE c.relnamespace = to_regnamespace('memdb') AND pg_has_role(c.relowner, 'USAGE')
    ) OR EXISTS (SELECT FROM tables AS t WHERE pg_has_role(t.relowner, 'USAGE')) AS owns_tables,
    coalesce(pg_has_role(acting.admin, 'USAGE'), false) AS acts_as_admin,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', j.name, 'found', j.found) ORDER BY j.name), '[]')
        FROM judged AS j
        WHERE j.found IS NOT NULL
    ) AS unprotected_tables,
    ARRAY(
        SELECT format('%s=%s', s.name, s.setting)
        FROM pg_settings AS s
        JOIN unnest(:wanted::text[]) AS w (setting) ON split_part(w.setting, '=', 1) = s.name
        WHERE split_part(w.setting, '=', 2) <> s.setting
        ORDER BY s.name
    ) AS unwanted_settings,
    (
        SELECT string_agg(f.name, ' ')
        FROM (
            SELECT p.proname::text AS name
            FROM pg_proc AS p
            WHERE p.proname ~ '^\w+$'
            GROUP BY p.proname
            HAVING bool_and(p.provolatile <> 'v')
        ) AS f
    ) AS steady_functions
FROM pg_roles AS effective
CROSS JOIN acting
LEFT JOIN (
    SELECT
        e.extversion,
        n.nspname::text AS schema
    FROM pg_extension AS e
    JOIN pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'vector'
) AS extension ON true
WHERE effective.rolname = current_user
