-- Removes the organization and all that is left of it for good, once it has no memories.
-- not null: table_name, rows
WITH quota_slots AS (
    DELETE FROM memdb.quota_slots AS t
    WHERE t.org_id = :org_id::memdb.tenant
    RETURNING t.org_id
),
token_uses AS (
    DELETE FROM memdb.token_uses AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
tokens AS (
    DELETE FROM memdb.tokens AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
directives AS (
    DELETE FROM memdb.directives AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
directive_versions AS (
    DELETE FROM memdb.directive_versions AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
prompts AS (
    DELETE FROM memdb.prompts AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
prompt_versions AS (
    DELETE FROM memdb.prompt_versions AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
role_abilities AS (
    DELETE FROM memdb.role_abilities AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
roles AS (
    DELETE FROM memdb.roles AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
attributes AS (
    DELETE FROM memdb.attributes AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
token_spending AS (
    DELETE FROM memdb.token_spending AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
audit_log AS (
    DELETE FROM memdb.audit_log AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
audit_heads AS (
    DELETE FROM memdb.audit_heads AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
legal_holds AS (
    DELETE FROM memdb.legal_holds AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
agents AS (
    DELETE FROM memdb.agents AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
users AS (
    DELETE FROM memdb.users AS t
    WHERE t.org_id = :org_id
    RETURNING t.org_id
),
organizations AS (
    DELETE FROM memdb.organizations AS t
    WHERE t.id = :org_id
    RETURNING t.id
)
SELECT
    'organizations' AS table_name,
    (SELECT count(*) FROM organizations) AS rows
UNION ALL
SELECT
    'quota_slots',
    (SELECT count(*) FROM quota_slots)
UNION ALL
SELECT
    'token_uses',
    (SELECT count(*) FROM token_uses)
UNION ALL
SELECT
    'tokens',
    (SELECT count(*) FROM tokens)
UNION ALL
SELECT
    'directives',
    (SELECT count(*) FROM directives)
UNION ALL
SELECT
    'directive_versions',
    (SELECT count(*) FROM directive_versions)
UNION ALL
SELECT
    'prompts',
    (SELECT count(*) FROM prompts)
UNION ALL
SELECT
    'prompt_versions',
    (SELECT count(*) FROM prompt_versions)
UNION ALL
SELECT
    'role_abilities',
    (SELECT count(*) FROM role_abilities)
UNION ALL
SELECT
    'roles',
    (SELECT count(*) FROM roles)
UNION ALL
SELECT
    'attributes',
    (SELECT count(*) FROM attributes)
UNION ALL
SELECT
    'token_spending',
    (SELECT count(*) FROM token_spending)
UNION ALL
SELECT
    'audit_log',
    (SELECT count(*) FROM audit_log)
UNION ALL
SELECT
    'audit_heads',
    (SELECT count(*) FROM audit_heads)
UNION ALL
SELECT
    'legal_holds',
    (SELECT count(*) FROM legal_holds)
UNION ALL
SELECT
    'agents',
    (SELECT count(*) FROM agents)
UNION ALL
SELECT
    'users',
    (SELECT count(*) FROM users)
