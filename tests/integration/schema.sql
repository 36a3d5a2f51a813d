CREATE SCHEMA memdb;

COMMENT ON SCHEMA memdb IS 'memdb 0003_memories';

CREATE FUNCTION memdb.enter(org uuid) RETURNS uuid
    LANGUAGE sql
    RETURN (set_config('memdb.org_id'::text, (org)::text, true))::uuid;

CREATE DOMAIN memdb.tenant AS uuid
	CONSTRAINT tenant_is_entered CHECK ((memdb.enter(VALUE) IS NOT NULL))
	CONSTRAINT tenant_is_given CHECK ((VALUE IS NOT NULL));

CREATE FUNCTION memdb.content_hash(content text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT sha256(convert_to(lower(btrim(regexp_replace(content, '\s+', ' ', 'g'))), 'UTF8')) $$;

CREATE FUNCTION memdb.new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    RETURN uuidv7();

CREATE FUNCTION memdb.next_version(current integer, expected integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF expected <> current THEN
        RAISE EXCEPTION 'version conflict' USING ERRCODE = 'MV001', DETAIL = format('%s %s', expected, current);
    END IF;
    RETURN current + 1;
END
$$;

CREATE TABLE memdb.agents (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT agents_config_object CHECK (((jsonb_typeof(config) = 'object'::text) AND (octet_length((config)::text) <= 65536))),
    CONSTRAINT agents_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT agents_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT agents_slug_format CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT agents_status_known CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'suspended'::text, 'archived'::text])))
);

ALTER TABLE ONLY memdb.agents FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memories (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    agent_id uuid NOT NULL,
    user_id uuid,
    session_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    observed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    deleted_at timestamp with time zone,
    confidence double precision DEFAULT 0.8 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    category text DEFAULT 'factual'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    source text DEFAULT 'user_provided'::text NOT NULL,
    embedding_model text,
    content text NOT NULL,
    content_hash bytea GENERATED ALWAYS AS (memdb.content_hash(content)) STORED NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    search tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, content)) STORED NOT NULL,
    embedding public.vector(384),
    CONSTRAINT memories_category_known CHECK ((category = ANY (ARRAY['factual'::text, 'preference'::text, 'behavioral'::text, 'episodic'::text, 'procedural'::text]))),
    CONSTRAINT memories_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT memories_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT memories_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT memories_embedding_model_length CHECK (((char_length(embedding_model) >= 1) AND (char_length(embedding_model) <= 256))),
    CONSTRAINT memories_embedding_model_needs_embedding CHECK (((embedding_model IS NULL) OR (embedding IS NOT NULL))),
    CONSTRAINT memories_expiry_after_creation CHECK ((expires_at > created_at)),
    CONSTRAINT memories_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT memories_source_known CHECK ((source = ANY (ARRAY['extracted'::text, 'user_provided'::text, 'imported'::text, 'inferred'::text]))),
    CONSTRAINT memories_status_known CHECK ((status = ANY (ARRAY['active'::text, 'superseded'::text, 'merged'::text, 'archived'::text, 'pending_review'::text, 'quarantined'::text]))),
    CONSTRAINT memories_tags_count CHECK ((cardinality(tags) <= 20))
);
ALTER TABLE ONLY memdb.memories ALTER COLUMN search SET STORAGE MAIN;
ALTER TABLE ONLY memdb.memories ALTER COLUMN embedding SET STORAGE MAIN;

ALTER TABLE ONLY memdb.memories FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_tags (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    tag text NOT NULL,
    CONSTRAINT memory_tags_tag_length CHECK (((char_length(tag) >= 1) AND (char_length(tag) <= 64)))
);

ALTER TABLE ONLY memdb.memory_tags FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_versions (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    deleted_at timestamp with time zone,
    confidence double precision NOT NULL,
    version integer NOT NULL,
    operation text NOT NULL,
    category text NOT NULL,
    status text NOT NULL,
    content text NOT NULL,
    reason text,
    tags text[] NOT NULL,
    metadata jsonb NOT NULL,
    CONSTRAINT memory_versions_operation_known CHECK ((operation = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text, 'restore'::text, 'expire'::text]))),
    CONSTRAINT memory_versions_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000)))
);

ALTER TABLE ONLY memdb.memory_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.organizations (
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    tier text DEFAULT 'free'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    billing_email text,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT organizations_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT organizations_settings_object CHECK (((jsonb_typeof(settings) = 'object'::text) AND (octet_length((settings)::text) <= 8192))),
    CONSTRAINT organizations_slug_format CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT organizations_status_known CHECK ((status = ANY (ARRAY['active'::text, 'trial'::text, 'suspended'::text, 'cancelled'::text]))),
    CONSTRAINT organizations_tier_known CHECK ((tier = ANY (ARRAY['free'::text, 'pro'::text, 'enterprise'::text])))
);

ALTER TABLE ONLY memdb.organizations FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.users (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    email text NOT NULL,
    email_key text GENERATED ALWAYS AS (lower(email)) STORED NOT NULL,
    name text,
    role text DEFAULT 'member'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    sso_provider text,
    sso_subject text,
    CONSTRAINT users_email_format CHECK (((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(email) <= 320))),
    CONSTRAINT users_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT users_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))),
    CONSTRAINT users_sso_complete CHECK (((sso_provider IS NULL) = (sso_subject IS NULL))),
    CONSTRAINT users_status_known CHECK ((status = ANY (ARRAY['active'::text, 'invited'::text, 'suspended'::text, 'deactivated'::text])))
);

ALTER TABLE ONLY memdb.users FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memory_tags
    ADD CONSTRAINT memory_tags_pkey PRIMARY KEY (org_id, memory_id, tag);

ALTER TABLE ONLY memdb.memory_versions
    ADD CONSTRAINT memory_versions_pkey PRIMARY KEY (org_id, memory_id, version);

ALTER TABLE ONLY memdb.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY memdb.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (org_id, id);

CREATE INDEX agents_created_by ON memdb.agents USING btree (org_id, created_by) WHERE (created_by IS NOT NULL);

CREATE UNIQUE INDEX agents_slug_unique ON memdb.agents USING btree (org_id, slug) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX memories_content_unique ON memdb.memories USING btree (org_id, content_hash, agent_id, user_id) NULLS NOT DISTINCT WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX memories_of_agent ON memdb.memories USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX memories_of_session ON memdb.memories USING btree (org_id, session_id, id) WHERE ((session_id IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX memories_of_user ON memdb.memories USING btree (org_id, user_id, id) WHERE ((user_id IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX memories_unembedded ON memdb.memories USING btree (org_id, id) WHERE ((embedding IS NULL) AND (deleted_at IS NULL));

CREATE INDEX memory_tags_by_tag ON memdb.memory_tags USING btree (org_id, tag, memory_id);

CREATE UNIQUE INDEX organizations_slug_unique ON memdb.organizations USING btree (slug) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX users_email_unique ON memdb.users USING btree (org_id, email_key) WHERE (deleted_at IS NULL);

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_creator_exists FOREIGN KEY (org_id, created_by) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.memory_tags
    ADD CONSTRAINT memory_tags_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_versions
    ADD CONSTRAINT memory_versions_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.users
    ADD CONSTRAINT users_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

CREATE POLICY admin ON memdb.agents TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memories TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_tags TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.organizations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.users TO memdb_admin USING (true);

ALTER TABLE memdb.agents ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memories ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.organizations ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.agents USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memories USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_tags USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.organizations USING ((id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.users USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

ALTER TABLE memdb.users ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA memdb TO memdb_app;
GRANT USAGE ON SCHEMA memdb TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.agents TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.agents TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.memories TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memories TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.memory_tags TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_tags TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.memory_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_versions TO memdb_admin;

GRANT SELECT ON TABLE memdb.organizations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.organizations TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.users TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.users TO memdb_admin;
