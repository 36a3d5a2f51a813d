-- depends: 0001_foundation
-- Organizations (the tenants), their users and their agents.

CREATE TABLE memdb.organizations (
    id uuid NOT NULL DEFAULT memdb.new_id(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    slug text NOT NULL,
    name text NOT NULL,
    tier text NOT NULL DEFAULT 'free',
    status text NOT NULL DEFAULT 'active',
    billing_email text,
    settings jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT organizations_pkey PRIMARY KEY (id),
    CONSTRAINT organizations_slug_format CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    CONSTRAINT organizations_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT organizations_tier_known CHECK (tier IN ('free', 'pro', 'enterprise')),
    CONSTRAINT organizations_status_known CHECK (status IN ('active', 'trial', 'suspended', 'cancelled')),
    CONSTRAINT organizations_settings_object CHECK (jsonb_typeof(settings) = 'object' AND octet_length(settings::text) <= 8192)
);

CREATE UNIQUE INDEX organizations_slug_unique ON memdb.organizations (slug) WHERE deleted_at IS NULL;

CREATE TABLE memdb.users (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    email text NOT NULL,
    -- A column, not an index on the expression: lower() is not leakproof, so under row-level security no index on it would be used.
    email_key text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
    name text,
    role text NOT NULL DEFAULT 'member',
    status text NOT NULL DEFAULT 'active',
    sso_provider text,
    sso_subject text,
    CONSTRAINT users_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT users_email_format CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length(email) <= 320),
    CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT users_role_known CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    CONSTRAINT users_status_known CHECK (status IN ('active', 'invited', 'suspended', 'deactivated')),
    CONSTRAINT users_sso_complete CHECK ((sso_provider IS NULL) = (sso_subject IS NULL))
);

CREATE UNIQUE INDEX users_email_unique ON memdb.users (org_id, email_key) WHERE deleted_at IS NULL;

CREATE TABLE memdb.agents (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    slug text NOT NULL,
    name text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    config jsonb NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT agents_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT agents_slug_format CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    CONSTRAINT agents_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT agents_status_known CHECK (status IN ('active', 'paused', 'suspended', 'archived')),
    CONSTRAINT agents_config_object CHECK (jsonb_typeof(config) = 'object' AND octet_length(config::text) <= 65536),
    CONSTRAINT agents_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

CREATE UNIQUE INDEX agents_slug_unique ON memdb.agents (org_id, slug) WHERE deleted_at IS NULL;

CREATE INDEX agents_created_by ON memdb.agents (org_id, created_by) WHERE created_by IS NOT NULL;

-- Statistics to begin with: imaginary rows, ANALYZEd and truncated away. On a table that was never analyzed the planner takes
-- `deleted_at IS NULL` for one row in 200, so that every partial index looks as good as the right one. Told that all rows are of one tenant
-- (n_distinct), it never counts on the tenant alone to be selective.
INSERT INTO memdb.users (org_id, id, email)
SELECT
    md5('organization ' || i)::uuid,
    md5('user ' || i)::uuid,
    'user' || i || '@example.com'
FROM generate_series(1, 500) AS i;

INSERT INTO memdb.agents (org_id, id, slug, name)
SELECT
    md5('organization ' || i)::uuid,
    md5('agent ' || i)::uuid,
    'agent-' || i,
    'Agent ' || i
FROM generate_series(1, 500) AS i;

ALTER TABLE memdb.users ALTER COLUMN org_id SET (n_distinct = 1);

ALTER TABLE memdb.agents ALTER COLUMN org_id SET (n_distinct = 1);

ANALYZE memdb.users, memdb.agents;

ALTER TABLE memdb.users ALTER COLUMN org_id RESET (n_distinct);

ALTER TABLE memdb.agents ALTER COLUMN org_id RESET (n_distinct);

TRUNCATE memdb.users, memdb.agents;

ALTER TABLE memdb.users
    ADD CONSTRAINT users_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id);

ALTER TABLE memdb.agents
    ADD CONSTRAINT agents_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    ADD CONSTRAINT agents_creator_exists FOREIGN KEY (org_id, created_by) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.organizations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.organizations FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.organizations
    USING (id = nullif(current_setting('memdb.org_id', true), '')::uuid);

CREATE POLICY admin ON memdb.organizations TO memdb_admin USING (true);

ALTER TABLE memdb.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.users FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.users
    USING (org_id = nullif(current_setting('memdb.org_id', true), '')::uuid);

CREATE POLICY admin ON memdb.users TO memdb_admin USING (true);

ALTER TABLE memdb.agents ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.agents FORCE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.agents
    USING (org_id = nullif(current_setting('memdb.org_id', true), '')::uuid);

CREATE POLICY admin ON memdb.agents TO memdb_admin USING (true);

GRANT SELECT ON memdb.organizations TO memdb_app;

GRANT SELECT, INSERT, UPDATE ON memdb.users, memdb.agents TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.organizations, memdb.users, memdb.agents TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0002_tenancy';
