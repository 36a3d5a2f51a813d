CREATE SCHEMA memdb;

COMMENT ON SCHEMA memdb IS 'memdb 0007_retention';

CREATE FUNCTION memdb.enter(org uuid) RETURNS uuid
    LANGUAGE sql
    RETURN (set_config('memdb.org_id'::text, (org)::text, true))::uuid;

CREATE DOMAIN memdb.tenant AS uuid
	CONSTRAINT tenant_is_entered CHECK ((memdb.enter(VALUE) IS NOT NULL))
	CONSTRAINT tenant_is_given CHECK ((VALUE IS NOT NULL));

CREATE FUNCTION memdb.next_link(previous bytea, entry bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sha256((previous || entry));

CREATE FUNCTION memdb.chain_step(link bytea, head bytea, entry bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN memdb.next_link(COALESCE(link, head), entry);

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
    changed_by text,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    valid_from timestamp with time zone,
    valid_until timestamp with time zone,
    superseded_by uuid,
    merged_into uuid,
    CONSTRAINT memory_versions_changed_by_length CHECK (((char_length(changed_by) >= 1) AND (char_length(changed_by) <= 200))),
    CONSTRAINT memory_versions_operation_known CHECK ((operation = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text, 'restore'::text, 'expire'::text, 'supersede'::text, 'merge'::text, 'revert'::text]))),
    CONSTRAINT memory_versions_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000)))
);

ALTER TABLE ONLY memdb.memory_versions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.changed_fields(version memdb.memory_versions, previous memdb.memory_versions) RETURNS text[]
    LANGUAGE sql STABLE
    RETURN ARRAY(SELECT field.name FROM (VALUES ('content'::text,((changed_fields.version).content <> (changed_fields.previous).content)), ('category'::text,((changed_fields.version).category <> (changed_fields.previous).category)), ('labels'::text,((changed_fields.version).labels <> (changed_fields.previous).labels)), ('status'::text,((changed_fields.version).status <> (changed_fields.previous).status)), ('confidence'::text,((changed_fields.version).confidence <> (changed_fields.previous).confidence)), ('tags'::text,((changed_fields.version).tags <> (changed_fields.previous).tags)), ('metadata'::text,((changed_fields.version).metadata <> (changed_fields.previous).metadata)), ('valid_from'::text,((changed_fields.version).valid_from IS DISTINCT FROM (changed_fields.previous).valid_from)), ('valid_until'::text,((changed_fields.version).valid_until IS DISTINCT FROM (changed_fields.previous).valid_until)), ('expires_at'::text,((changed_fields.version).expires_at IS DISTINCT FROM (changed_fields.previous).expires_at)), ('deleted_at'::text,((changed_fields.version).deleted_at IS DISTINCT FROM (changed_fields.previous).deleted_at)), ('superseded_by'::text,((changed_fields.version).superseded_by IS DISTINCT FROM (changed_fields.previous).superseded_by)), ('merged_into'::text,((changed_fields.version).merged_into IS DISTINCT FROM (changed_fields.previous).merged_into))) field(name, differs) WHERE (field.differs AND ((changed_fields.previous).version IS NOT NULL)));

CREATE FUNCTION memdb.content_hash(content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN sha256(convert_to(lower(btrim(regexp_replace(content, '\s+', ' ', 'g'))), 'UTF8'));
END
$$;

CREATE FUNCTION memdb.new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    RETURN uuidv7();

CREATE TABLE memdb.audit_log (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seq bigint,
    digest bytea,
    actor text,
    action text NOT NULL,
    resource_type text NOT NULL,
    resource_id text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT audit_log_action_length CHECK (((char_length(action) >= 1) AND (char_length(action) <= 200))),
    CONSTRAINT audit_log_actor_length CHECK (((char_length(actor) >= 1) AND (char_length(actor) <= 200))),
    CONSTRAINT audit_log_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT audit_log_details_object CHECK (((jsonb_typeof(details) = 'object'::text) AND (octet_length((details)::text) <= 65536))),
    CONSTRAINT audit_log_resource_id_length CHECK (((char_length(resource_id) >= 1) AND (char_length(resource_id) <= 200))),
    CONSTRAINT audit_log_resource_type_length CHECK (((char_length(resource_type) >= 1) AND (char_length(resource_type) <= 200))),
    CONSTRAINT audit_log_seal_complete CHECK (((seq IS NULL) = (digest IS NULL)))
);

ALTER TABLE ONLY memdb.audit_log FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.entry_digest(entry memdb.audit_log) RETURNS bytea
    LANGUAGE sql STABLE
    RETURN sha256(convert_to((jsonb_build_array((entry).org_id, (entry).id, ((EXTRACT(epoch FROM (entry).created_at) * (1000000)::numeric))::bigint, (entry).actor, (entry).action, (entry).resource_type, (entry).resource_id, (entry).details))::text, 'UTF8'::name));

CREATE PROCEDURE memdb.isolate(IN isolated regclass)
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

CREATE FUNCTION memdb.labels_fit(labels jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM jsonb_each(labels) AS l
        WHERE l.key NOT IN ('factual', 'preference', 'behavioral', 'episodic', 'procedural')
            OR CASE WHEN jsonb_typeof(l.value) = 'number' THEN l.value NOT BETWEEN '0' AND '1' ELSE true END
    );
END
$$;

CREATE FUNCTION memdb.must(condition boolean, field text, rule text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF condition THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION 'invalid input' USING ERRCODE = 'MV005', DETAIL = format('%s|%s', field, rule);
END
$$;

CREATE FUNCTION memdb.next_status(current text, wanted text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF (CASE current
        WHEN 'draft' THEN wanted IN ('active', 'discarded')
        WHEN 'active' THEN wanted IN ('superseded', 'merged', 'archived', 'pending_review', 'quarantined', 'discarded')
        WHEN 'pending_review' THEN wanted IN ('active', 'quarantined', 'archived', 'discarded')
        WHEN 'quarantined' THEN wanted IN ('active', 'pending_review', 'archived', 'discarded')
        WHEN 'archived' THEN wanted IN ('active', 'discarded')
        ELSE false
    END) THEN
        RETURN wanted;
    END IF;
    RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = format('%s|%s', current, wanted);
END
$$;

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

CREATE FUNCTION memdb.quota_share(total bigint, slot integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (floor(((((total + 15) - slot))::numeric / 16.0)))::bigint;

CREATE FUNCTION memdb.recount_quota(tenant uuid, what text, since date, quota bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    used bigint;
BEGIN
    IF quota IS NULL THEN
        DELETE FROM memdb.quota_slots AS s WHERE s.org_id = tenant AND s.kind = what;
        RETURN;
    END IF;
    INSERT INTO memdb.quota_slots (org_id, kind, period, slot, free)
    SELECT tenant, what, since, n, 0
    FROM generate_series(0, 15) AS n
    ON CONFLICT DO NOTHING;
    PERFORM FROM memdb.quota_slots AS s
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since
    ORDER BY s.slot
    FOR UPDATE;
    used := CASE what
        WHEN 'memories' THEN (SELECT count(*) FROM memdb.memories AS m WHERE m.org_id = tenant AND m.deleted_at IS NULL)
        WHEN 'agents' THEN (SELECT count(*) FROM memdb.agents AS a WHERE a.org_id = tenant AND a.deleted_at IS NULL)
        ELSE (
            SELECT coalesce(sum(t.input_tokens + t.output_tokens), 0)
            FROM memdb.token_spending AS t
            WHERE t.org_id = tenant AND t.month = since
        )
    END;
    UPDATE memdb.quota_slots AS s
    SET free = memdb.quota_share(quota - used, s.slot)
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since;
END
$$;

CREATE FUNCTION memdb.refuse_write(kind text, state text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RAISE EXCEPTION 'no writes' USING ERRCODE = 'MV002', DETAIL = format('%s|%s', kind, state);
END
$$;

CREATE FUNCTION memdb.take_quota(tenant uuid, what text, since date, quota bigint, amount bigint) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
DECLARE
    chosen smallint;
    room bigint;
BEGIN
    IF quota IS NULL OR amount = 0 THEN
        RETURN true;
    END IF;
    -- A row that nobody is writing, as an advisory lock tells; else one row to wait for.
    FOR attempt IN 1..2 LOOP
        SELECT c.slot INTO chosen
        FROM (
            SELECT s.slot
            FROM memdb.quota_slots AS s
            WHERE s.org_id = tenant AND s.kind = what AND s.period = since AND s.free >= greatest(amount, 0)
            ORDER BY (s.slot + pg_backend_pid()) % 16
            OFFSET 0
        ) AS c
        WHERE attempt = 2 OR pg_try_advisory_xact_lock(hashtextextended(concat(tenant, what, c.slot), 0))
        LIMIT 1;
        EXIT WHEN chosen IS NOT NULL;
    END LOOP;
    IF chosen IS NOT NULL THEN
        -- A subtransaction, because an UPDATE that finds the row changed and too little left would keep it locked: two of those, wanting all
        -- rows next, would wait for each other.
        BEGIN
            UPDATE memdb.quota_slots AS s
            SET free = s.free - amount
            WHERE s.org_id = tenant AND s.kind = what AND s.period = since AND s.slot = chosen AND s.free >= greatest(amount, 0);
            -- What is given back to a quota that was lowered must not turn up as free beside what is owed.
            IF found AND (
                amount > 0
                OR NOT EXISTS (
                    SELECT FROM memdb.quota_slots AS o
                    WHERE o.org_id = tenant AND o.kind = what AND o.period = since AND o.free < 0
                )
            ) THEN
                RETURN true;
            END IF;
            RAISE EXCEPTION 'changed' USING ERRCODE = 'MV000';
        EXCEPTION
            WHEN SQLSTATE 'MV000' THEN NULL;
        END;
    END IF;
    -- No row has enough by itself: all of them together, always locked in the same order.
    INSERT INTO memdb.quota_slots (org_id, kind, period, slot, free)
    SELECT tenant, what, since, n, memdb.quota_share(quota, n)
    FROM generate_series(0, 15) AS n
    ON CONFLICT DO NOTHING;
    PERFORM FROM memdb.quota_slots AS s
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since
    ORDER BY s.slot
    FOR UPDATE;
    SELECT sum(s.free) INTO room
    FROM memdb.quota_slots AS s
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since;
    IF amount > 0 AND room < amount THEN
        RAISE EXCEPTION 'quota exceeded' USING ERRCODE = 'MV004', DETAIL = format('%s|%s', what, quota);
    END IF;
    UPDATE memdb.quota_slots AS s
    SET free = memdb.quota_share(room - amount, s.slot)
    WHERE s.org_id = tenant AND s.kind = what AND s.period = since;
    RETURN true;
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
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT agents_config_object CHECK (((jsonb_typeof(config) = 'object'::text) AND (octet_length((config)::text) <= 65536))),
    CONSTRAINT agents_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT agents_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT agents_slug_format CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT agents_status_known CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'suspended'::text, 'archived'::text]))),
    CONSTRAINT agents_tags_count CHECK ((cardinality(tags) <= 20))
);

ALTER TABLE ONLY memdb.agents FORCE ROW LEVEL SECURITY;

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
    memory_quota bigint,
    agent_quota bigint,
    monthly_token_quota bigint,
    CONSTRAINT organizations_agent_quota_not_negative CHECK ((agent_quota >= 0)),
    CONSTRAINT organizations_billing_email_format CHECK (((billing_email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text) AND (char_length(billing_email) <= 320))),
    CONSTRAINT organizations_memory_quota_not_negative CHECK ((memory_quota >= 0)),
    CONSTRAINT organizations_monthly_token_quota_not_negative CHECK ((monthly_token_quota >= 0)),
    CONSTRAINT organizations_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT organizations_settings_object CHECK (((jsonb_typeof(settings) = 'object'::text) AND (octet_length((settings)::text) <= 8192))),
    CONSTRAINT organizations_slug_format CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT organizations_status_known CHECK ((status = ANY (ARRAY['active'::text, 'trial'::text, 'suspended'::text, 'cancelled'::text]))),
    CONSTRAINT organizations_tier_known CHECK ((tier = ANY (ARRAY['free'::text, 'pro'::text, 'enterprise'::text])))
);

ALTER TABLE ONLY memdb.organizations FORCE ROW LEVEL SECURITY;

CREATE VIEW memdb.writers WITH (security_invoker='true') AS
 SELECT a.org_id,
    a.id,
    a.status,
    a.deleted_at,
    o.status AS organization_status,
    o.deleted_at AS organization_deleted_at,
    o.memory_quota,
    o.monthly_token_quota
   FROM (memdb.agents a
     JOIN memdb.organizations o ON ((o.id = a.org_id)));

CREATE FUNCTION memdb.takes_writes(writer memdb.writers, wanted_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN CASE WHEN ((writer).id <> wanted_id) THEN false WHEN ((writer).organization_deleted_at IS NOT NULL) THEN memdb.refuse_write('organization'::text, 'deleted'::text) WHEN ((writer).organization_status = ANY (ARRAY['suspended'::text, 'cancelled'::text])) THEN memdb.refuse_write('organization'::text, (writer).organization_status) WHEN ((writer).deleted_at IS NOT NULL) THEN memdb.refuse_write('agent'::text, 'deleted'::text) WHEN ((writer).status = ANY (ARRAY['suspended'::text, 'archived'::text])) THEN memdb.refuse_write('agent'::text, (writer).status) ELSE true END;

CREATE FUNCTION memdb.text_digest(content text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    RETURN sha256(convert_to(content, 'UTF8'));
END
$$;

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
    valid_from timestamp with time zone DEFAULT now() NOT NULL,
    valid_until timestamp with time zone,
    superseded_by uuid,
    merged_into uuid,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    votes_for integer DEFAULT 0 NOT NULL,
    votes_against integer DEFAULT 0 NOT NULL,
    usefulness double precision GENERATED ALWAYS AS ((((votes_for + 1))::double precision / (((votes_for + votes_against) + 2))::double precision)) STORED NOT NULL,
    CONSTRAINT memories_category_known CHECK ((category = ANY (ARRAY['factual'::text, 'preference'::text, 'behavioral'::text, 'episodic'::text, 'procedural'::text]))),
    CONSTRAINT memories_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT memories_content_length CHECK ((char_length(content) <= 8192)),
    CONSTRAINT memories_content_not_empty CHECK ((content ~ '\S'::text)),
    CONSTRAINT memories_embedding_model_length CHECK (((char_length(embedding_model) >= 1) AND (char_length(embedding_model) <= 256))),
    CONSTRAINT memories_embedding_model_needs_embedding CHECK (((embedding_model IS NULL) OR (embedding IS NOT NULL))),
    CONSTRAINT memories_expiry_after_creation CHECK ((expires_at > created_at)),
    CONSTRAINT memories_labels_fit CHECK (((labels = '{}'::jsonb) OR ((jsonb_typeof(labels) = 'object'::text) AND (labels ? category) AND memdb.labels_fit(labels)))),
    CONSTRAINT memories_links_fit CHECK ((((superseded_by IS NULL) OR ((status = 'superseded'::text) AND (superseded_by <> id))) AND ((merged_into IS NULL) OR ((status = 'merged'::text) AND (merged_into <> id))))),
    CONSTRAINT memories_metadata_object CHECK (((jsonb_typeof(metadata) = 'object'::text) AND (octet_length((metadata)::text) <= 8192))),
    CONSTRAINT memories_source_known CHECK ((source = ANY (ARRAY['extracted'::text, 'user_provided'::text, 'imported'::text, 'inferred'::text]))),
    CONSTRAINT memories_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'active'::text, 'superseded'::text, 'merged'::text, 'archived'::text, 'pending_review'::text, 'quarantined'::text, 'discarded'::text]))),
    CONSTRAINT memories_tags_count CHECK ((cardinality(tags) <= 20)),
    CONSTRAINT memories_validity_order CHECK ((valid_until >= valid_from))
);
ALTER TABLE ONLY memdb.memories ALTER COLUMN search SET STORAGE MAIN;
ALTER TABLE ONLY memdb.memories ALTER COLUMN embedding SET STORAGE MAIN;

ALTER TABLE ONLY memdb.memories FORCE ROW LEVEL SECURITY;

CREATE FUNCTION memdb.version_of(memory memdb.memories, operation text, reason text, actor text) RETURNS SETOF memdb.memory_versions
    LANGUAGE sql STABLE
    AS $$
    SELECT
        memory.org_id,
        memory.id,
        memory.updated_at,
        memory.expires_at,
        memory.deleted_at,
        memory.confidence,
        memory.version,
        operation,
        memory.category,
        memory.status,
        memory.content,
        reason,
        memory.tags,
        memory.metadata,
        actor,
        memory.labels,
        memory.valid_from,
        memory.valid_until,
        memory.superseded_by,
        memory.merged_into
$$;

CREATE AGGREGATE memdb.chained(head bytea, entry bytea) (
    SFUNC = memdb.chain_step,
    STYPE = bytea
);

CREATE TABLE memdb.audit_heads (
    org_id uuid NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    digest bytea DEFAULT '\x'::bytea NOT NULL
);

ALTER TABLE ONLY memdb.audit_heads FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.directive_versions (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    number integer NOT NULL,
    created_by text,
    content text NOT NULL,
    digest bytea GENERATED ALWAYS AS (memdb.text_digest(content)) STORED NOT NULL,
    CONSTRAINT directive_versions_content_length CHECK (((content ~ '\S'::text) AND (octet_length(content) <= 32768)))
);

ALTER TABLE ONLY memdb.directive_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.directives (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    latest integer NOT NULL,
    active integer,
    injection_mode text NOT NULL,
    CONSTRAINT directives_injection_mode_known CHECK ((injection_mode = ANY (ARRAY['system_first'::text, 'system_append'::text, 'user_prepend'::text])))
);

ALTER TABLE ONLY memdb.directives FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.erasures (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    user_id uuid,
    begun_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    erased_by text,
    rows jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE ONLY memdb.erasures FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.legal_holds (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    user_id uuid,
    agent_id uuid,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    released_at timestamp with time zone,
    name text NOT NULL,
    reason text,
    placed_by text,
    released_by text,
    release_reason text,
    CONSTRAINT legal_holds_name_length CHECK (((name ~ '\S'::text) AND (char_length(name) <= 200))),
    CONSTRAINT legal_holds_one_scope CHECK ((num_nonnulls(user_id, agent_id) <= 1)),
    CONSTRAINT legal_holds_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
    CONSTRAINT legal_holds_release_reason_length CHECK (((char_length(release_reason) >= 1) AND (char_length(release_reason) <= 2000)))
);

ALTER TABLE ONLY memdb.legal_holds FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_escalations (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    memory_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    kind text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    subject text,
    reason text,
    created_by text,
    resolved_by text,
    resolution text,
    CONSTRAINT memory_escalations_kind_known CHECK ((kind = ANY (ARRAY['contradiction'::text, 'duplicate'::text, 'update'::text, 'other'::text]))),
    CONSTRAINT memory_escalations_reason_length CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 2000))),
    CONSTRAINT memory_escalations_resolution_length CHECK (((char_length(resolution) >= 1) AND (char_length(resolution) <= 2000))),
    CONSTRAINT memory_escalations_resolved_or_pending CHECK (((status = 'pending'::text) = (resolved_at IS NULL))),
    CONSTRAINT memory_escalations_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'resolved'::text, 'dismissed'::text]))),
    CONSTRAINT memory_escalations_subject_length CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 200))),
    CONSTRAINT memory_escalations_two_memories CHECK ((memory_id <> candidate_id))
);

ALTER TABLE ONLY memdb.memory_escalations FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_relations (
    org_id uuid NOT NULL,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    confidence double precision NOT NULL,
    type text NOT NULL,
    created_by text,
    notes text,
    CONSTRAINT memory_relations_confidence_range CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT memory_relations_no_loop CHECK ((source_id <> target_id)),
    CONSTRAINT memory_relations_notes_length CHECK (((char_length(notes) >= 1) AND (char_length(notes) <= 2000))),
    CONSTRAINT memory_relations_type_known CHECK ((type = ANY (ARRAY['supersedes'::text, 'contradicts'::text, 'specializes'::text, 'generalizes'::text, 'merged_from'::text, 'derived_from'::text])))
);

ALTER TABLE ONLY memdb.memory_relations FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_tags (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    tag text NOT NULL,
    CONSTRAINT memory_tags_tag_length CHECK (((char_length(tag) >= 1) AND (char_length(tag) <= 64)))
);

ALTER TABLE ONLY memdb.memory_tags FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_usage (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    last_retrieved_at timestamp with time zone,
    last_injected_at timestamp with time zone,
    retrievals integer DEFAULT 0 NOT NULL,
    injections integer DEFAULT 0 NOT NULL
)
WITH (fillfactor='40');

ALTER TABLE ONLY memdb.memory_usage FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.memory_votes (
    org_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    session_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    vote text NOT NULL,
    previous text,
    trace_id text,
    notes text,
    CONSTRAINT memory_votes_notes_length CHECK (((char_length(notes) >= 1) AND (char_length(notes) <= 2000))),
    CONSTRAINT memory_votes_trace_length CHECK (((char_length(trace_id) >= 1) AND (char_length(trace_id) <= 200))),
    CONSTRAINT memory_votes_vote_known CHECK ((vote = ANY (ARRAY['positive'::text, 'negative'::text, 'neutral'::text])))
);

ALTER TABLE ONLY memdb.memory_votes FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.quota_slots (
    org_id uuid NOT NULL,
    period date NOT NULL,
    slot smallint NOT NULL,
    kind text NOT NULL,
    free bigint NOT NULL,
    CONSTRAINT quota_slots_kind_known CHECK ((kind = ANY (ARRAY['memories'::text, 'agents'::text, 'monthly_tokens'::text]))),
    CONSTRAINT quota_slots_slot_range CHECK (((slot >= 0) AND (slot <= 15)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY memdb.quota_slots FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.token_spending (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    month date NOT NULL,
    slot smallint NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    CONSTRAINT token_spending_tokens_not_negative CHECK (((input_tokens >= 0) AND (output_tokens >= 0)))
)
WITH (fillfactor='50');

ALTER TABLE ONLY memdb.token_spending FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.token_uses (
    org_id uuid NOT NULL,
    token_id uuid NOT NULL,
    last_used_at timestamp with time zone,
    last_used_ip inet
)
WITH (fillfactor='50');

ALTER TABLE ONLY memdb.token_uses FORCE ROW LEVEL SECURITY;

CREATE TABLE memdb.tokens (
    org_id uuid NOT NULL,
    id uuid DEFAULT memdb.new_id() NOT NULL,
    user_id uuid,
    agent_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    permissions bigint DEFAULT 0 NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    description text,
    prefix text NOT NULL,
    hash bytea NOT NULL,
    created_by text,
    revoked_by text,
    revoke_reason text,
    allowed_networks cidr[] DEFAULT '{}'::cidr[] NOT NULL,
    CONSTRAINT tokens_description_length CHECK (((char_length(description) >= 1) AND (char_length(description) <= 2000))),
    CONSTRAINT tokens_expiry_after_creation CHECK ((expires_at > created_at)),
    CONSTRAINT tokens_kind_known CHECK ((kind = ANY (ARRAY['personal'::text, 'organization'::text, 'service'::text, 'marketplace'::text]))),
    CONSTRAINT tokens_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT tokens_networks_count CHECK ((cardinality(allowed_networks) <= 50)),
    CONSTRAINT tokens_personal_has_user CHECK (((kind <> 'personal'::text) OR (user_id IS NOT NULL))),
    CONSTRAINT tokens_revoke_reason_length CHECK (((char_length(revoke_reason) >= 1) AND (char_length(revoke_reason) <= 2000)))
);

ALTER TABLE ONLY memdb.tokens FORCE ROW LEVEL SECURITY;

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

CREATE VIEW memdb.writable_organizations WITH (security_invoker='true') AS
 SELECT id AS org_id,
    memory_quota,
    agent_quota,
    monthly_token_quota
   FROM memdb.organizations o
  WHERE
        CASE
            WHEN (deleted_at IS NOT NULL) THEN memdb.refuse_write('organization'::text, 'deleted'::text)
            WHEN (status = ANY (ARRAY['suspended'::text, 'cancelled'::text])) THEN memdb.refuse_write('organization'::text, status)
            ELSE true
        END;

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (org_id);

ALTER TABLE ONLY memdb.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.directive_versions
    ADD CONSTRAINT directive_versions_pkey PRIMARY KEY (org_id, agent_id, number);

ALTER TABLE ONLY memdb.directives
    ADD CONSTRAINT directives_pkey PRIMARY KEY (org_id, agent_id);

ALTER TABLE ONLY memdb.erasures
    ADD CONSTRAINT erasures_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memory_escalations
    ADD CONSTRAINT memory_escalations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.memory_relations
    ADD CONSTRAINT memory_relations_pkey PRIMARY KEY (org_id, source_id, type, target_id);

ALTER TABLE ONLY memdb.memory_tags
    ADD CONSTRAINT memory_tags_pkey PRIMARY KEY (org_id, memory_id, tag);

ALTER TABLE ONLY memdb.memory_usage
    ADD CONSTRAINT memory_usage_pkey PRIMARY KEY (org_id, memory_id);

ALTER TABLE ONLY memdb.memory_versions
    ADD CONSTRAINT memory_versions_pkey PRIMARY KEY (org_id, memory_id, version);

ALTER TABLE ONLY memdb.memory_votes
    ADD CONSTRAINT memory_votes_pkey PRIMARY KEY (org_id, memory_id, agent_id);

ALTER TABLE ONLY memdb.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY memdb.quota_slots
    ADD CONSTRAINT quota_slots_pkey PRIMARY KEY (org_id, kind, period, slot);

ALTER TABLE ONLY memdb.token_spending
    ADD CONSTRAINT token_spending_pkey PRIMARY KEY (org_id, agent_id, month, slot);

ALTER TABLE ONLY memdb.token_uses
    ADD CONSTRAINT token_uses_pkey PRIMARY KEY (org_id, token_id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY memdb.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (org_id, id);

CREATE INDEX agents_created_by ON memdb.agents USING btree (org_id, created_by) WHERE (created_by IS NOT NULL);

CREATE UNIQUE INDEX agents_slug_unique ON memdb.agents USING btree (org_id, slug) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX audit_log_chain ON memdb.audit_log USING btree (org_id, seq) WHERE (seq IS NOT NULL);

CREATE INDEX audit_log_of_resource ON memdb.audit_log USING btree (org_id, resource_type, resource_id, id);

CREATE INDEX audit_log_unsealed ON memdb.audit_log USING btree (org_id, id) WHERE (seq IS NULL);

CREATE UNIQUE INDEX erasures_one_under_way ON memdb.erasures USING btree (org_id, user_id) NULLS NOT DISTINCT WHERE (finished_at IS NULL);

CREATE UNIQUE INDEX legal_holds_name_unique ON memdb.legal_holds USING btree (org_id, name) WHERE (released_at IS NULL);

CREATE UNIQUE INDEX memories_content_unique ON memdb.memories USING btree (org_id, content_hash, agent_id, user_id) NULLS NOT DISTINCT WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX memories_ended ON memdb.memories USING btree (org_id, COALESCE(deleted_at, expires_at)) WHERE (COALESCE(deleted_at, expires_at) IS NOT NULL);

CREATE INDEX memories_hot ON memdb.memories USING btree (org_id, agent_id, usefulness DESC, id DESC) WHERE ((status = 'active'::text) AND (deleted_at IS NULL));

CREATE INDEX memories_merged_into ON memdb.memories USING btree (org_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX memories_of_agent ON memdb.memories USING btree (org_id, agent_id, id) WHERE (deleted_at IS NULL);

CREATE INDEX memories_of_session ON memdb.memories USING btree (org_id, session_id, id) WHERE ((session_id IS NOT NULL) AND (deleted_at IS NULL));

CREATE INDEX memories_of_user ON memdb.memories USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE INDEX memories_superseded_by ON memdb.memories USING btree (org_id, superseded_by) WHERE (superseded_by IS NOT NULL);

CREATE INDEX memories_unembedded ON memdb.memories USING btree (org_id, id) WHERE ((embedding IS NULL) AND (deleted_at IS NULL));

CREATE INDEX memory_escalations_of_candidate ON memdb.memory_escalations USING btree (org_id, candidate_id);

CREATE INDEX memory_escalations_of_memory ON memdb.memory_escalations USING btree (org_id, memory_id);

CREATE UNIQUE INDEX memory_escalations_pair_unique ON memdb.memory_escalations USING btree (org_id, LEAST(memory_id, candidate_id), GREATEST(memory_id, candidate_id)) WHERE (status = 'pending'::text);

CREATE INDEX memory_escalations_pending ON memdb.memory_escalations USING btree (org_id, id) WHERE (status = 'pending'::text);

CREATE INDEX memory_relations_to ON memdb.memory_relations USING btree (org_id, target_id, type, source_id);

CREATE INDEX memory_tags_by_tag ON memdb.memory_tags USING btree (org_id, tag, memory_id);

CREATE UNIQUE INDEX organizations_slug_unique ON memdb.organizations USING btree (slug) WHERE (deleted_at IS NULL);

CREATE INDEX token_spending_of_month ON memdb.token_spending USING btree (org_id, month, agent_id);

CREATE UNIQUE INDEX tokens_hash_unique ON memdb.tokens USING btree (org_id, hash);

CREATE INDEX tokens_of_agent ON memdb.tokens USING btree (org_id, agent_id, id) WHERE (agent_id IS NOT NULL);

CREATE INDEX tokens_of_user ON memdb.tokens USING btree (org_id, user_id, id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX users_email_unique ON memdb.users USING btree (org_id, email_key) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX users_sso_unique ON memdb.users USING btree (org_id, sso_provider, sso_subject) WHERE ((sso_subject IS NOT NULL) AND (deleted_at IS NULL));

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_creator_exists FOREIGN KEY (org_id, created_by) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.agents
    ADD CONSTRAINT agents_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.audit_heads
    ADD CONSTRAINT audit_heads_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.audit_log
    ADD CONSTRAINT audit_log_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.directive_versions
    ADD CONSTRAINT directive_versions_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.directives
    ADD CONSTRAINT directives_active_exists FOREIGN KEY (org_id, agent_id, active) REFERENCES memdb.directive_versions(org_id, agent_id, number);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.legal_holds
    ADD CONSTRAINT legal_holds_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.memories(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_successor_exists FOREIGN KEY (org_id, superseded_by) REFERENCES memdb.memories(org_id, id);

ALTER TABLE ONLY memdb.memories
    ADD CONSTRAINT memories_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.memory_escalations
    ADD CONSTRAINT memory_escalations_candidate_exists FOREIGN KEY (org_id, candidate_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_escalations
    ADD CONSTRAINT memory_escalations_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_relations
    ADD CONSTRAINT memory_relations_source_exists FOREIGN KEY (org_id, source_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_relations
    ADD CONSTRAINT memory_relations_target_exists FOREIGN KEY (org_id, target_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_tags
    ADD CONSTRAINT memory_tags_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_usage
    ADD CONSTRAINT memory_usage_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_versions
    ADD CONSTRAINT memory_versions_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.memory_votes
    ADD CONSTRAINT memory_votes_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.memory_votes
    ADD CONSTRAINT memory_votes_memory_exists FOREIGN KEY (org_id, memory_id) REFERENCES memdb.memories(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.quota_slots
    ADD CONSTRAINT quota_slots_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.token_spending
    ADD CONSTRAINT token_spending_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.token_uses
    ADD CONSTRAINT token_uses_token_exists FOREIGN KEY (org_id, token_id) REFERENCES memdb.tokens(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents(org_id, id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

ALTER TABLE ONLY memdb.tokens
    ADD CONSTRAINT tokens_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users(org_id, id);

ALTER TABLE ONLY memdb.users
    ADD CONSTRAINT users_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations(id);

CREATE POLICY admin ON memdb.agents TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.audit_heads TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.audit_log TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.directive_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.directives TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.erasures TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.legal_holds TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memories TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_escalations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_relations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_tags TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_usage TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_versions TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.memory_votes TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.organizations TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.quota_slots TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.token_spending TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.token_uses TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.tokens TO memdb_admin USING (true);

CREATE POLICY admin ON memdb.users TO memdb_admin USING (true);

ALTER TABLE memdb.agents ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.audit_heads ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.directive_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.directives ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.erasures ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.legal_holds ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memories ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_escalations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_relations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_tags ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_usage ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.memory_votes ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.organizations ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.quota_slots ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON memdb.agents USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.audit_heads USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.audit_log USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.directive_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.directives USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.erasures USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.legal_holds USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memories USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_escalations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_relations USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_tags USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_usage USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_versions USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.memory_votes USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.organizations USING ((id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.quota_slots USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.token_spending USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.token_uses USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.tokens USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

CREATE POLICY tenant ON memdb.users USING ((org_id = (NULLIF(current_setting('memdb.org_id'::text, true), ''::text))::uuid));

ALTER TABLE memdb.token_spending ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.token_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE memdb.users ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA memdb TO memdb_app;
GRANT USAGE ON SCHEMA memdb TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.memory_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_versions TO memdb_admin;

GRANT SELECT ON TABLE memdb.audit_log TO memdb_app;
GRANT SELECT,INSERT,DELETE ON TABLE memdb.audit_log TO memdb_admin;

GRANT INSERT(org_id) ON TABLE memdb.audit_log TO memdb_app;

GRANT UPDATE(seq) ON TABLE memdb.audit_log TO memdb_admin;

GRANT UPDATE(digest) ON TABLE memdb.audit_log TO memdb_admin;

GRANT INSERT(actor) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(action) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(resource_type) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(resource_id) ON TABLE memdb.audit_log TO memdb_app;

GRANT INSERT(details) ON TABLE memdb.audit_log TO memdb_app;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.agents TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.agents TO memdb_admin;

GRANT SELECT ON TABLE memdb.organizations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.organizations TO memdb_admin;

GRANT SELECT ON TABLE memdb.writers TO memdb_app;
GRANT SELECT ON TABLE memdb.writers TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.memories TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memories TO memdb_admin;

GRANT UPDATE(updated_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(observed_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(expires_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(deleted_at) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(confidence) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(version) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(category) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(status) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(embedding_model) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(content) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(tags) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(metadata) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(embedding) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(valid_from) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(valid_until) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(superseded_by) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(merged_into) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(labels) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(votes_for) ON TABLE memdb.memories TO memdb_app;

GRANT UPDATE(votes_against) ON TABLE memdb.memories TO memdb_app;

GRANT SELECT ON TABLE memdb.audit_heads TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.audit_heads TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.directive_versions TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.directive_versions TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.directives TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.directives TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.erasures TO memdb_admin;

GRANT UPDATE(finished_at) ON TABLE memdb.erasures TO memdb_admin;

GRANT UPDATE(rows) ON TABLE memdb.erasures TO memdb_admin;

GRANT SELECT ON TABLE memdb.legal_holds TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.legal_holds TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.memory_escalations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_escalations TO memdb_admin;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_relations TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_relations TO memdb_admin;

GRANT SELECT,INSERT,DELETE ON TABLE memdb.memory_tags TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_tags TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.memory_usage TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_usage TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.memory_votes TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.memory_votes TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.quota_slots TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.quota_slots TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.token_spending TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.token_spending TO memdb_admin;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.token_uses TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.token_uses TO memdb_admin;

GRANT SELECT,INSERT ON TABLE memdb.tokens TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.tokens TO memdb_admin;

GRANT UPDATE(revoked_at) ON TABLE memdb.tokens TO memdb_app;

GRANT UPDATE(revoked_by) ON TABLE memdb.tokens TO memdb_app;

GRANT UPDATE(revoke_reason) ON TABLE memdb.tokens TO memdb_app;

GRANT SELECT,INSERT,UPDATE ON TABLE memdb.users TO memdb_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE memdb.users TO memdb_admin;

GRANT SELECT ON TABLE memdb.writable_organizations TO memdb_app;
GRANT SELECT ON TABLE memdb.writable_organizations TO memdb_admin;
