DROP TABLE memdb.prompts;

DROP TABLE memdb.prompt_versions;

DROP TABLE memdb.role_abilities;

DROP TABLE memdb.roles;

COMMENT ON SCHEMA memdb IS 'memdb 0014_observations';
