-- depends: 0003_memories
-- The audit log: who did what to which resource. Rows are only ever added; a separate step seals them into a chain of hashes.

-- Gives a table with an org_id the two policies of the house. For migrations: nobody else may alter a table.
CREATE PROCEDURE memdb.isolate(isolated regclass)
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format(
        'CREATE POLICY tenant ON %s USING (org_id = nullif(current_setting(%L, true), %L)::uuid)', isolated, 'memdb.org_id', ''
    );
    EXECUTE format('CREATE POLICY admin ON %s TO memdb_admin USING (true)', isolated);
END
$$;

CREATE TABLE memdb.audit_log (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The place in the chain, from 1; NULL until the row is sealed.
    seq bigint,
    digest bytea,
    actor text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id text,
    details jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT audit_log_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT audit_log_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    CONSTRAINT audit_log_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT audit_log_actor_length CHECK (char_length(actor) BETWEEN 1 AND 200),
    CONSTRAINT audit_log_action_length CHECK (char_length(action) BETWEEN 1 AND 200),
    CONSTRAINT audit_log_resource_type_length CHECK (char_length(resource_type) BETWEEN 1 AND 200),
    CONSTRAINT audit_log_resource_id_length CHECK (char_length(resource_id) BETWEEN 1 AND 200),
    CONSTRAINT audit_log_details_object CHECK (jsonb_typeof(details) = 'object' AND octet_length(details::text) <= 65536),
    CONSTRAINT audit_log_seal_complete CHECK ((seq IS NULL) = (digest IS NULL))
);

CREATE UNIQUE INDEX audit_log_chain ON memdb.audit_log (org_id, seq) WHERE seq IS NOT NULL;

CREATE INDEX audit_log_unsealed ON memdb.audit_log (org_id, id) WHERE seq IS NULL;

CREATE INDEX audit_log_of_resource ON memdb.audit_log (org_id, resource_type, resource_id, id);

-- The last sealed row of each tenant; its lock lets one sealer work at a time. Without it, rows cut off the end would not be missed.
CREATE TABLE memdb.audit_heads (
    org_id uuid NOT NULL,
    seq bigint NOT NULL DEFAULT 0,
    digest bytea NOT NULL DEFAULT '',
    CONSTRAINT audit_heads_pkey PRIMARY KEY (org_id),
    CONSTRAINT audit_heads_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id)
);

-- SHA-256 of what an entry says, in a form that does not depend on settings: microseconds since 1970, jsonb's own text.
CREATE FUNCTION memdb.entry_digest(entry memdb.audit_log) RETURNS bytea
LANGUAGE sql STABLE
RETURN sha256(convert_to(
    jsonb_build_array(
        entry.org_id, entry.id, (extract(epoch FROM entry.created_at) * 1000000)::bigint, entry.actor, entry.action, entry.resource_type,
        entry.resource_id, entry.details
    )::text,
    'UTF8'
));

-- The link after `previous` (empty for the first): SHA-256 of that link and of the entry.
CREATE FUNCTION memdb.next_link(previous bytea, entry bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(previous || entry);

CREATE FUNCTION memdb.chain_step(link bytea, head bytea, entry bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN memdb.next_link(coalesce(link, head), entry);

-- As a window function: the links of consecutive entries, the first one following `head`.
CREATE AGGREGATE memdb.chained (head bytea, entry bytea) (SFUNC = memdb.chain_step, STYPE = bytea);

CALL memdb.isolate('memdb.audit_log');

CALL memdb.isolate('memdb.audit_heads');

-- Neither when it was written nor where it stands in the chain is the service's to say.
GRANT SELECT, INSERT (org_id, actor, action, resource_type, resource_id, details) ON memdb.audit_log TO memdb_app;

GRANT SELECT ON memdb.audit_heads TO memdb_app;

GRANT SELECT, INSERT, DELETE, UPDATE (seq, digest) ON memdb.audit_log TO memdb_admin;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.audit_heads TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0004_audit';
