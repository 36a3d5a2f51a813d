DROP TABLE memdb.agents;

DROP TABLE memdb.users;

DROP TABLE memdb.organizations;

COMMENT ON SCHEMA memdb IS 'memdb 0001_foundation';
