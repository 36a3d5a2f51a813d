-- depends: 0004_audit
-- Tenancy in full: who takes writes, quotas, API tokens, directives, what agents spend.

ALTER TABLE memdb.organizations
    ADD COLUMN memory_quota bigint,
    ADD COLUMN agent_quota bigint,
    ADD COLUMN monthly_token_quota bigint,
    ADD CONSTRAINT organizations_billing_email_format
    CHECK (billing_email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length(billing_email) <= 320),
    ADD CONSTRAINT organizations_memory_quota_not_negative CHECK (memory_quota >= 0),
    ADD CONSTRAINT organizations_agent_quota_not_negative CHECK (agent_quota >= 0),
    ADD CONSTRAINT organizations_monthly_token_quota_not_negative CHECK (monthly_token_quota >= 0);

CREATE UNIQUE INDEX users_sso_unique ON memdb.users (org_id, sso_provider, sso_subject) WHERE sso_subject IS NOT NULL AND deleted_at IS NULL;

ALTER TABLE memdb.agents
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT agents_tags_count CHECK (cardinality(tags) <= 20);

-- Raises MV002: the organization or agent (`kind`) takes no writes in this state.
CREATE FUNCTION memdb.refuse_write(kind text, state text) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RAISE EXCEPTION 'no writes' USING ERRCODE = 'MV002', DETAIL = format('%s|%s', kind, state);
END
$$;

-- Every statement reads its tenant's row here that a suspended tenant must not run: all that write, but for counting, logging, revoking and
-- administration.
CREATE VIEW memdb.writable_organizations WITH (security_invoker = true) AS
SELECT
    o.id AS org_id,
    o.memory_quota,
    o.agent_quota,
    o.monthly_token_quota
FROM memdb.organizations AS o
WHERE CASE
    WHEN o.deleted_at IS NOT NULL THEN memdb.refuse_write('organization', 'deleted')
    WHEN o.status IN ('suspended', 'cancelled') THEN memdb.refuse_write('organization', o.status)
    ELSE true
END;

-- Every statement that an agent must not run while it is suspended joins its row here and asks `takes_writes` about it.
CREATE VIEW memdb.writers WITH (security_invoker = true) AS
SELECT
    a.org_id,
    a.id,
    a.status,
    a.deleted_at,
    o.status AS organization_status,
    o.deleted_at AS organization_deleted_at,
    o.memory_quota,
    o.monthly_token_quota
FROM memdb.agents AS a
JOIN memdb.organizations AS o ON o.id = a.org_id;

-- Whether the agent takes writes; raises MV002 where it does not. `wanted_id` is the agent's id where it comes from: as a column of the row
-- that is written it keeps the planner from asking about agents that the statement does not touch, before it has joined the two.
CREATE FUNCTION memdb.takes_writes(writer memdb.writers, wanted_id uuid) RETURNS boolean
LANGUAGE sql STABLE
RETURN CASE
    WHEN writer.id <> wanted_id THEN false
    WHEN writer.organization_deleted_at IS NOT NULL THEN memdb.refuse_write('organization', 'deleted')
    WHEN writer.organization_status IN ('suspended', 'cancelled') THEN memdb.refuse_write('organization', writer.organization_status)
    WHEN writer.deleted_at IS NOT NULL THEN memdb.refuse_write('agent', 'deleted')
    WHEN writer.status IN ('suspended', 'archived') THEN memdb.refuse_write('agent', writer.status)
    ELSE true
END;

-- What is left of a quota, spread over 16 rows, so that writers of one tenant do not wait for one another: each takes from a row that nobody
-- holds. The sum is the quota less what is in use, and below 0 after a quota was lowered. A tenant without a quota has no rows.
CREATE TABLE memdb.quota_slots (
    org_id uuid NOT NULL,
    -- The first day of the month for what is counted by month, else -infinity.
    period date NOT NULL,
    slot smallint NOT NULL,
    kind text NOT NULL,
    free bigint NOT NULL,
    CONSTRAINT quota_slots_pkey PRIMARY KEY (org_id, kind, period, slot),
    CONSTRAINT quota_slots_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    CONSTRAINT quota_slots_kind_known CHECK (kind IN ('memories', 'agents', 'monthly_tokens')),
    CONSTRAINT quota_slots_slot_range CHECK (slot BETWEEN 0 AND 15)
) WITH (fillfactor = 50);

-- The part of `total` that falls to a slot; the parts of all slots add up to it.
CREATE FUNCTION memdb.quota_share(total bigint, slot integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor((total + 15 - slot) / 16.0)::bigint;

-- Takes `amount` of a quota, or gives it back where it is negative. Raises MV004 if there is not so much left. Always true, for use in WHERE.
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

CREATE TABLE memdb.tokens (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    user_id uuid,
    agent_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    permissions bigint NOT NULL DEFAULT 0,
    kind text NOT NULL,
    name text NOT NULL,
    description text,
    prefix text NOT NULL,
    -- SHA-256 of the token, which itself is stored nowhere.
    hash bytea NOT NULL,
    created_by text,
    revoked_by text,
    revoke_reason text,
    allowed_networks cidr[] NOT NULL DEFAULT '{}',
    CONSTRAINT tokens_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT tokens_organization_exists FOREIGN KEY (org_id) REFERENCES memdb.organizations (id),
    CONSTRAINT tokens_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    CONSTRAINT tokens_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    CONSTRAINT tokens_kind_known CHECK (kind IN ('personal', 'organization', 'service', 'marketplace')),
    CONSTRAINT tokens_personal_has_user CHECK (kind <> 'personal' OR user_id IS NOT NULL),
    CONSTRAINT tokens_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT tokens_description_length CHECK (char_length(description) BETWEEN 1 AND 2000),
    CONSTRAINT tokens_expiry_after_creation CHECK (expires_at > created_at),
    CONSTRAINT tokens_revoke_reason_length CHECK (char_length(revoke_reason) BETWEEN 1 AND 2000),
    CONSTRAINT tokens_networks_count CHECK (cardinality(allowed_networks) <= 50)
);

CREATE UNIQUE INDEX tokens_hash_unique ON memdb.tokens (org_id, hash);

CREATE INDEX tokens_of_user ON memdb.tokens (org_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE INDEX tokens_of_agent ON memdb.tokens (org_id, agent_id, id) WHERE agent_id IS NOT NULL;

-- When a token was last used, to the minute: it changes with use, so it stands beside what does not.
CREATE TABLE memdb.token_uses (
    org_id uuid NOT NULL,
    token_id uuid NOT NULL,
    last_used_at timestamptz,
    last_used_ip inet,
    CONSTRAINT token_uses_pkey PRIMARY KEY (org_id, token_id),
    CONSTRAINT token_uses_token_exists FOREIGN KEY (org_id, token_id) REFERENCES memdb.tokens (org_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);

-- SHA-256 of the text as it is. IMMUTABLE for the reason given at content_hash.
CREATE FUNCTION memdb.text_digest(content text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN sha256(convert_to(content, 'UTF8'));
END
$$;

CREATE TABLE memdb.directive_versions (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    number integer NOT NULL,
    created_by text,
    content text NOT NULL,
    digest bytea NOT NULL GENERATED ALWAYS AS (memdb.text_digest(content)) STORED,
    CONSTRAINT directive_versions_pkey PRIMARY KEY (org_id, agent_id, number),
    CONSTRAINT directive_versions_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    CONSTRAINT directive_versions_content_length CHECK (content ~ '\S' AND octet_length(content) <= 32768)
);

-- Which version of an agent's directive is active, and the number that the next one follows.
CREATE TABLE memdb.directives (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    latest integer NOT NULL,
    active integer,
    injection_mode text NOT NULL,
    CONSTRAINT directives_pkey PRIMARY KEY (org_id, agent_id),
    CONSTRAINT directives_active_exists FOREIGN KEY (org_id, agent_id, active)
        REFERENCES memdb.directive_versions (org_id, agent_id, number),
    CONSTRAINT directives_injection_mode_known CHECK (injection_mode IN ('system_first', 'system_append', 'user_prepend'))
);

-- The tokens that agents spend on language models, by month; eight rows each, so that their sessions do not wait for one another.
CREATE TABLE memdb.token_spending (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    month date NOT NULL,
    slot smallint NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now(),
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    CONSTRAINT token_spending_pkey PRIMARY KEY (org_id, agent_id, month, slot),
    CONSTRAINT token_spending_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    CONSTRAINT token_spending_tokens_not_negative CHECK (input_tokens >= 0 AND output_tokens >= 0)
) WITH (fillfactor = 50);

CREATE INDEX token_spending_of_month ON memdb.token_spending (org_id, month, agent_id);

-- Sets what is left of a quota to what the tables say; NULL ends it. Waits for those who are taking from it.
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

CALL memdb.isolate('memdb.quota_slots');

CALL memdb.isolate('memdb.tokens');

CALL memdb.isolate('memdb.token_uses');

CALL memdb.isolate('memdb.directive_versions');

CALL memdb.isolate('memdb.directives');

CALL memdb.isolate('memdb.token_spending');

GRANT SELECT ON memdb.writable_organizations, memdb.writers TO memdb_app, memdb_admin;

GRANT SELECT, INSERT ON memdb.directive_versions TO memdb_app;

GRANT SELECT, INSERT, UPDATE ON memdb.quota_slots, memdb.token_uses, memdb.directives, memdb.token_spending TO memdb_app;

-- A token is what it was made; it can only be revoked.
GRANT SELECT, INSERT, UPDATE (revoked_at, revoked_by, revoke_reason) ON memdb.tokens TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE
ON memdb.quota_slots, memdb.tokens, memdb.token_uses, memdb.directive_versions, memdb.directives, memdb.token_spending
TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0005_accounts';
