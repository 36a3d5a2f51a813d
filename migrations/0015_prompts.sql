-- depends: 0014_observations
-- The catalogue of roles: what each may do, and the prompt that it is given, in versions.

CREATE TABLE memdb.roles (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    name text NOT NULL,
    status text NOT NULL DEFAULT 'enabled',
    description text,
    default_model text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT roles_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT roles_name_length CHECK (name ~ '\S' AND char_length(name) <= 128),
    CONSTRAINT roles_status_known CHECK (status IN ('enabled', 'disabled')),
    CONSTRAINT roles_description_length CHECK (char_length(description) BETWEEN 1 AND 512),
    CONSTRAINT roles_default_model_length CHECK (char_length(default_model) BETWEEN 1 AND 256),
    CONSTRAINT roles_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
);

CREATE UNIQUE INDEX roles_name_unique ON memdb.roles (org_id, name) WHERE deleted_at IS NULL;

-- By code point, so that they come sorted in the same way on every server.
CREATE TABLE memdb.role_abilities (
    org_id uuid NOT NULL,
    role_id uuid NOT NULL,
    ability text COLLATE "C" NOT NULL,
    CONSTRAINT role_abilities_pkey PRIMARY KEY (org_id, role_id, ability),
    CONSTRAINT role_abilities_ability_length CHECK (ability ~ '\S' AND char_length(ability) <= 128)
);

CREATE INDEX role_abilities_by_ability ON memdb.role_abilities (org_id, ability, role_id);

CREATE TABLE memdb.prompt_versions (
    org_id uuid NOT NULL,
    role_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    number integer NOT NULL,
    created_by text,
    content text NOT NULL,
    digest bytea NOT NULL GENERATED ALWAYS AS (memdb.text_digest(content)) STORED,
    CONSTRAINT prompt_versions_pkey PRIMARY KEY (org_id, role_id, number),
    CONSTRAINT prompt_versions_content_length CHECK (content ~ '\S' AND octet_length(content) <= 65536)
);

-- Which version of a role's prompt is active, and the number that the next one follows.
CREATE TABLE memdb.prompts (
    org_id uuid NOT NULL,
    role_id uuid NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    latest integer NOT NULL,
    active integer,
    CONSTRAINT prompts_pkey PRIMARY KEY (org_id, role_id)
);

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.roles (org_id, id, name)
SELECT
    md5('organization ' || i)::uuid,
    md5('role ' || i)::uuid,
    'role ' || i
FROM generate_series(0, 499) AS i;

INSERT INTO memdb.role_abilities (org_id, role_id, ability)
SELECT
    r.org_id,
    r.id,
    'ability ' || a
FROM memdb.roles AS r, generate_series(1, 4) AS a;

INSERT INTO memdb.prompt_versions (org_id, role_id, number, content)
SELECT
    r.org_id,
    r.id,
    n,
    'prompt ' || n
FROM memdb.roles AS r, generate_series(1, 4) AS n;

INSERT INTO memdb.prompts (org_id, role_id, latest, active)
SELECT
    r.org_id,
    r.id,
    4,
    4
FROM memdb.roles AS r;

ANALYZE memdb.roles, memdb.role_abilities, memdb.prompt_versions, memdb.prompts;

TRUNCATE memdb.roles, memdb.role_abilities, memdb.prompt_versions, memdb.prompts;

ALTER TABLE memdb.roles
    ADD CONSTRAINT roles_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id);

ALTER TABLE memdb.role_abilities
    ADD CONSTRAINT role_abilities_role_exists FOREIGN KEY (org_id, role_id) REFERENCES memdb.roles (org_id, id);

ALTER TABLE memdb.prompt_versions
    ADD CONSTRAINT prompt_versions_role_exists FOREIGN KEY (org_id, role_id) REFERENCES memdb.roles (org_id, id);

ALTER TABLE memdb.prompts
    ADD CONSTRAINT prompts_active_exists FOREIGN KEY (org_id, role_id, active) REFERENCES memdb.prompt_versions (org_id, role_id, number);

CALL memdb.isolate('memdb.roles');

CALL memdb.isolate('memdb.role_abilities');

CALL memdb.isolate('memdb.prompt_versions');

CALL memdb.isolate('memdb.prompts');

GRANT SELECT, INSERT ON memdb.prompt_versions TO memdb_app;

GRANT SELECT, INSERT, DELETE ON memdb.role_abilities TO memdb_app;

GRANT SELECT, INSERT, UPDATE ON memdb.roles, memdb.prompts TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.roles, memdb.role_abilities, memdb.prompt_versions, memdb.prompts TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0015_prompts';
