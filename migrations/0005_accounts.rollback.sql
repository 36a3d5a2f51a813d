DROP FUNCTION memdb.recount_quota(uuid, text, date, bigint);

DROP TABLE memdb.token_spending;

DROP TABLE memdb.directives;

DROP TABLE memdb.directive_versions;

DROP FUNCTION memdb.text_digest(text);

DROP TABLE memdb.token_uses;

DROP TABLE memdb.tokens;

DROP FUNCTION memdb.take_quota(uuid, text, date, bigint, bigint);

DROP FUNCTION memdb.quota_share(bigint, integer);

DROP TABLE memdb.quota_slots;

DROP FUNCTION memdb.takes_writes(memdb.writers, uuid);

DROP VIEW memdb.writers;

DROP VIEW memdb.writable_organizations;

DROP FUNCTION memdb.refuse_write(text, text);

ALTER TABLE memdb.agents DROP COLUMN tags;

DROP INDEX memdb.users_sso_unique;

ALTER TABLE memdb.organizations DROP CONSTRAINT organizations_billing_email_format, DROP COLUMN memory_quota, DROP COLUMN agent_quota, DROP COLUMN monthly_token_quota;

COMMENT ON SCHEMA memdb IS 'memdb 0004_audit';
