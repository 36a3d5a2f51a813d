-- The tables of roles, which Memory-Base's adapter has no classes for.
SELECT
    :'employee_roles' AS source_table,
    json_build_object('name', r.name) AS row,
    'is not adopted: memdb.roles.create makes it' AS reason
FROM :"employee_roles" AS r
UNION ALL
SELECT
    :'role_abilities',
    json_build_object('role_name', a.role_name, 'ability_id', a.ability_id),
    'is not adopted: memdb.roles.grant_ability grants it'
FROM :"role_abilities" AS a
UNION ALL
SELECT
    :'prompt_versions',
    json_build_object('id', p.id),
    'is not adopted: memdb.prompts.publish publishes it'
FROM :"prompt_versions" AS p
