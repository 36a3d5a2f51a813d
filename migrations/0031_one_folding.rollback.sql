DROP VIEW memdb.kept_apart;

DROP INDEX memdb.users_email_unique;

DROP INDEX memdb.memories_content_unique;

DROP INDEX memdb.facts_same_unique;

DROP INDEX memdb.triples_unique;

DROP INDEX memdb.users_apart;

DROP INDEX memdb.memories_apart;

DROP INDEX memdb.facts_apart;

DROP INDEX memdb.triples_apart;

ALTER TABLE memdb.users DROP COLUMN apart;

ALTER TABLE memdb.memories DROP COLUMN apart;

ALTER TABLE memdb.facts DROP COLUMN apart;

ALTER TABLE memdb.triples DROP COLUMN apart;

DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 170000 THEN
        EXECUTE 'ALTER TABLE memdb.users ALTER COLUMN email_key SET EXPRESSION AS (lower(email))';
    ELSE
        ALTER TABLE memdb.users DROP COLUMN email_key;
        ALTER TABLE memdb.users ADD COLUMN email_key text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION memdb.says_name(content text, name text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    -- What has no spaces may have the name anywhere: Thai, Lao, Burmese, Khmer, and from Chinese to Korean.
    RETURN position(lower(name) IN lower(content)) > 0 AND (
        name ~ '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff]'
        OR lower(content) ~ ('(?<!\w)' || regexp_replace(lower(name), '([^\w\s])', '\\\1', 'g') || '(?!\w)')
    );
END
$$;

CREATE OR REPLACE FUNCTION memdb.triple_key(part text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN encode(
        substring(sha256(convert_to(btrim(regexp_replace(memdb.lowered(part), '\s+', ' ', 'g')), 'UTF8')) FOR 16), 'hex'
    )::uuid;
END
$$;

CREATE OR REPLACE FUNCTION memdb.fact_key(value jsonb, content text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN CASE jsonb_typeof(value)
        WHEN 'string' THEN memdb.content_hash('string ' || (value #>> '{}'))
        WHEN 'number' THEN memdb.content_hash('number ' || trim_scale(value::numeric))
        ELSE CASE WHEN value IS NULL THEN memdb.content_hash(content) ELSE sha256(convert_to(value::text, 'UTF8')) END
    END;
END
$$;

CREATE OR REPLACE FUNCTION memdb.content_hash(content text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN sha256(convert_to(lower(btrim(regexp_replace(content, '\s+', ' ', 'g'))), 'UTF8'));
END
$$;

DO $$
BEGIN
    IF current_setting('server_version_num')::int >= 170000 THEN
        CREATE OR REPLACE FUNCTION memdb.lowered(content text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
        AS $body$
        BEGIN
            RETURN lower(normalize(content, NFKC) COLLATE pg_catalog.pg_c_utf8);
        END
        $body$;
    ELSE
        CREATE OR REPLACE FUNCTION memdb.lowered(content text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
        AS $body$
        BEGIN
            RETURN lower(normalize(content, NFKC));
        END
        $body$;
    END IF;
END
$$;

DROP FUNCTION memdb.folded(text);

-- The keys of entities stay: they are right under the old folding, too.
DO $$
DECLARE
    isolated regclass;
BEGIN
    FOR isolated IN
        SELECT c.oid FROM pg_class AS c
        WHERE c.relnamespace = 'memdb'::regnamespace
            AND c.relkind = 'r'
        ORDER BY c.relname
    LOOP
        CALL memdb.regenerate(isolated);
    END LOOP;
END
$$;

DROP PROCEDURE memdb.regenerate(regclass);

CREATE UNIQUE INDEX users_email_unique ON memdb.users (org_id, email_key) WHERE deleted_at IS NULL;

CREATE UNIQUE INDEX memories_content_unique ON memdb.memories (org_id, content_hash, agent_id, user_id)
    NULLS NOT DISTINCT WHERE status = 'active' AND deleted_at IS NULL;

CREATE UNIQUE INDEX facts_same_unique ON memdb.facts (org_id, entity_id, attribute, same_key, valid_until) NULLS NOT DISTINCT
WHERE status = 'active' AND deleted_at IS NULL;

CREATE UNIQUE INDEX triples_unique ON memdb.triples (org_id, user_id, subject_key, predicate_key, object_key) NULLS NOT DISTINCT;

COMMENT ON SCHEMA memdb IS 'memdb 0030_parts';
