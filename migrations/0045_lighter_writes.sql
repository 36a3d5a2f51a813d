-- depends: 0044_item_order
-- What a write costs beside the writing: the rules of the four busiest tables are kept by one function each, versions and states are compared
-- in the statement's own plan, and a text is folded without an expression where it has nothing to fold.

CREATE OR REPLACE FUNCTION memdb.lowered(content text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    folded text := content;
BEGIN
    -- ASCII, as most texts are: to count finds out sooner than an expression.
    IF octet_length(content) = char_length(content) THEN
        RETURN lower(content COLLATE "C");
    END IF;
    -- What is not to be seen is no part of a text: soft hyphens, joiners, marks of direction, variation selectors, byte order marks.
    folded := normalize(regexp_replace(content, '[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+', '', 'g'), NFKC);
    folded := lower(folded COLLATE pg_catalog.pg_c_utf8);
    -- Lower case may have a composed form that the capital has not.
    RETURN normalize(folded, NFKC);
END
$$;

CREATE OR REPLACE FUNCTION memdb.folded(content text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    lowered text := memdb.lowered(content);
BEGIN
    -- By their numbers, because what is white space depends on the locale; NFKC has made spaces of the others. To replace every single space
    -- by itself takes ten times as long as to find that there is nothing else.
    IF lowered ~ '[\u0009-\u000d\u0085\u1680\u2028\u2029]|  ' THEN
        lowered := regexp_replace(lowered, '[\u0009-\u000d\u0020\u0085\u1680\u2028\u2029]+', ' ', 'g');
    END IF;
    RETURN btrim(lowered, ' ');
END
$$;

CREATE OR REPLACE FUNCTION memdb.placed(language text, spaced text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    plain text;
BEGIN
    IF octet_length(spaced) > char_length(spaced) THEN
        plain := memdb.unaccented(spaced);
    END IF;
    IF plain <> spaced THEN
        -- As texts, because || would count the positions of the second one on.
        RETURN (
            to_tsvector(('memdb.' || language)::regconfig, spaced)::text
            || ' ' || to_tsvector(('memdb.' || language)::regconfig, plain)::text
        )::tsvector;
    END IF;
    RETURN to_tsvector(('memdb.' || language)::regconfig, spaced);
END
$$;

CREATE OR REPLACE FUNCTION memdb.words_of_day(language text, observed_at timestamptz) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    -- In one expression: each is prepared anew in each transaction.
    RETURN CASE
        WHEN isfinite(observed_at) THEN setweight(
            memdb.placed(
                language,
                lower(
                    concat_ws(
                        ' ',
                        extract(day FROM observed_at AT TIME ZONE 'UTC'),
                        (
                            CASE language
                                WHEN 'english'
                                    THEN '{January,February,March,April,May,June,July,August,September,October,November,December}'::text[]
                                WHEN 'french' THEN '{janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre}'
                                WHEN 'german' THEN '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}'
                                WHEN 'spanish'
                                    THEN '{enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre}'
                                ELSE '{}'
                            END
                        )[extract(month FROM observed_at AT TIME ZONE 'UTC')::int],
                        extract(year FROM observed_at AT TIME ZONE 'UTC')
                    ) COLLATE "C"
                )
            ),
            'C'
        )
        ELSE ''::tsvector
    END;
END
$$;

-- A function for errors that another one, which the planner takes into the statement, comes to in a branch of its own: as memdb.refuse_write.
CREATE FUNCTION memdb.refuse_version(current int, expected int) RETURNS int
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RAISE EXCEPTION 'version conflict' USING ERRCODE = 'MV001', DETAIL = format('%s %s', expected, current);
END
$$;

CREATE OR REPLACE FUNCTION memdb.next_version(current int, expected int) RETURNS int
LANGUAGE sql STABLE
RETURN CASE WHEN expected <> current THEN memdb.refuse_version(current, expected) ELSE current + 1 END;

CREATE FUNCTION memdb.refuse_status(current text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RAISE EXCEPTION 'session closed' USING ERRCODE = 'MV006', DETAIL = current;
END
$$;

CREATE OR REPLACE FUNCTION memdb.open_status(current text) RETURNS text
LANGUAGE sql STABLE
RETURN CASE WHEN current = 'active' THEN current ELSE memdb.refuse_status(current) END;

-- What a write of a memory may have to do, and seldom has: as a function it costs nothing where it is not called, and a part of the statement is
-- prepared for each run of it.

-- Of several labels the surest.
CREATE FUNCTION memdb.surest_label(labels jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN (
        SELECT l.key FROM jsonb_each(labels) AS l
        WHERE memdb.labels_fit(labels)
        ORDER BY l.value DESC, l.key COLLATE "C"
        LIMIT 1
    );
END
$$;

CREATE FUNCTION memdb.tags_in_order(tags text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF cardinality(tags) < 2 THEN
        RETURN tags;
    END IF;
    RETURN ARRAY(SELECT DISTINCT given.tag COLLATE "C" FROM unnest(tags) AS given (tag) ORDER BY 1);
END
$$;

-- How far a session has come: of its last memories by id, which need not be the last that were added.
CREATE FUNCTION memdb.session_end(tenant uuid, of_session uuid) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT
AS $$
BEGIN
    RETURN coalesce(
        (
            SELECT max(o.until)
            FROM (
                SELECT s.session_offset + char_length(s.content) / 2 AS until
                FROM memdb.memories AS s
                WHERE s.org_id = tenant
                    AND s.session_id = of_session
                    AND s.deleted_at IS NULL
                ORDER BY s.id DESC
                LIMIT 8
            ) AS o
        ),
        0
    );
END
$$;

-- Deletes those of the memories that have expired, which still hold their contents' places in the unique index, and says how many.
CREATE FUNCTION memdb.end_expired_memories(tenant uuid, ids uuid[], actor text) RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    ended bigint;
BEGIN
    WITH expired AS (
        UPDATE memdb.memories AS m
        SET
            deleted_at = now(),
            updated_at = greatest(m.updated_at, now()),
            version = m.version + 1
        WHERE m.org_id = tenant
            AND m.id = ANY (ids)
            AND m.status = 'active'
            AND m.deleted_at IS NULL
            AND m.expires_at <= now()
        RETURNING m AS memory
    ),
    recorded AS (
        INSERT INTO memdb.memory_versions
        SELECT v.*
        FROM expired AS e, memdb.version_of(e.memory, 'expire', NULL, actor) AS v
    )
    SELECT count(*) INTO ended FROM expired;
    RETURN ended;
END
$$;

CREATE FUNCTION memdb.write_tags(tenant uuid, memory uuid, tags text[]) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO memdb.memory_tags (org_id, memory_id, tag)
    SELECT
        tenant,
        memory,
        given.tag
    FROM unnest(tags) AS given (tag)
    ON CONFLICT DO NOTHING;
    RETURN true;
END
$$;

CREATE FUNCTION memdb.replace_tags(tenant uuid, memory uuid, tags text[]) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM memdb.memory_tags AS t
    WHERE t.org_id = tenant
        AND t.memory_id = memory
        AND t.tag <> ALL (tags);
    RETURN memdb.write_tags(tenant, memory, tags);
END
$$;

CREATE FUNCTION memdb.note_retrieval(tenant uuid, memory uuid) RETURNS boolean
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO memdb.memory_usage AS u (org_id, memory_id, retrievals, last_retrieved_at)
    VALUES (tenant, memory, 1, now())
    ON CONFLICT (org_id, memory_id) DO UPDATE
        SET
            retrievals = u.retrievals + 1,
            last_retrieved_at = excluded.last_retrieved_at;
    RETURN true;
END
$$;

-- PostgreSQL reads, plans and prepares every CHECK of a table anew for each statement that writes there: twenty of them take a third of the time of
-- a delete, and one with these rules a twentieth. So the busiest tables have one, and its function names the rule that is broken.
CREATE FUNCTION memdb.must_fit(of_table text, broken text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RAISE check_violation USING
        SCHEMA = 'memdb',
        TABLE = of_table,
        CONSTRAINT = broken,
        MESSAGE = format('new row for relation "%s" violates check constraint "%s"', of_table, broken);
END
$$;

CREATE FUNCTION memdb.fits(m memdb.memories) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    broken text := CASE
        WHEN m.category NOT IN ('factual', 'preference', 'behavioral', 'episodic', 'procedural') THEN 'memories_category_known'
        WHEN m.confidence NOT BETWEEN 0 AND 1 THEN 'memories_confidence_range'
        WHEN char_length(m.content) > 8192 THEN 'memories_content_length'
        WHEN m.content !~ '\S' THEN 'memories_content_not_empty'
        WHEN jsonb_typeof(m.metadata) <> 'object' OR octet_length(m.metadata::text) > 8192 THEN 'memories_metadata_object'
        WHEN m.source NOT IN ('extracted', 'user_provided', 'imported', 'inferred') THEN 'memories_source_known'
        WHEN m.status NOT IN (
            'draft', 'active', 'superseded', 'merged', 'archived', 'pending_review', 'quarantined', 'discarded'
        ) THEN 'memories_status_known'
        WHEN cardinality(m.tags) > 20 THEN 'memories_tags_count'
    END;
BEGIN
    IF num_nonnulls(m.embedding_model, m.expires_at, m.external_id, m.superseded_by, m.merged_into, m.valid_until, broken) > 0 THEN
        broken := CASE
            WHEN broken IS NOT NULL THEN broken
            WHEN char_length(m.embedding_model) NOT BETWEEN 1 AND 256 THEN 'memories_embedding_model_length'
            WHEN m.embedding_model IS NOT NULL AND NOT m.embedded THEN 'memories_embedding_model_needs_embedding'
            WHEN m.expires_at <= m.created_at THEN 'memories_expiry_after_creation'
            WHEN char_length(m.external_id) NOT BETWEEN 1 AND 512 THEN 'memories_external_id_length'
            WHEN m.superseded_by IS NOT NULL AND (m.status <> 'superseded' OR m.superseded_by = m.id) THEN 'memories_links_fit'
            WHEN m.merged_into IS NOT NULL AND (m.status <> 'merged' OR m.merged_into = m.id) THEN 'memories_links_fit'
            WHEN m.valid_until < m.valid_from THEN 'memories_validity_order'
        END;
    END IF;
    IF m.labels <> '{}' AND broken IS NULL THEN
        broken := CASE
            WHEN jsonb_typeof(m.labels) = 'object' AND m.labels ? m.category AND memdb.labels_fit(m.labels) THEN NULL
            ELSE 'memories_labels_fit'
        END;
    END IF;
    RETURN broken IS NULL OR memdb.must_fit('memories', broken);
END
$$;

CREATE FUNCTION memdb.fits(v memdb.memory_versions) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    broken CONSTANT text := CASE
        WHEN char_length(v.changed_by) NOT BETWEEN 1 AND 200 THEN 'memory_versions_changed_by_length'
        WHEN v.operation NOT IN ('create', 'update', 'delete', 'restore', 'expire', 'supersede', 'merge', 'revert')
            THEN 'memory_versions_operation_known'
        WHEN char_length(v.reason) NOT BETWEEN 1 AND 2000 THEN 'memory_versions_reason_length'
    END;
BEGIN
    RETURN broken IS NULL OR memdb.must_fit('memory_versions', broken);
END
$$;

CREATE FUNCTION memdb.fits(m memdb.messages) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    broken text := CASE
        WHEN char_length(m.content) > 10000000 THEN 'messages_content_length'
        WHEN jsonb_typeof(m.metadata) <> 'object' OR octet_length(m.metadata::text) > 8192 THEN 'messages_metadata_object'
        WHEN m.role NOT IN ('system', 'developer', 'user', 'assistant', 'tool') THEN 'messages_role_known'
        WHEN m.tokens NOT BETWEEN 0 AND 10000000 THEN 'messages_tokens_range'
    END;
BEGIN
    -- Most messages are of text alone.
    IF num_nonnulls(m.asked_position, m.calls, m.model, m.name, m.parts, m.tool_call_id, broken) > 0
        OR m.role = 'tool' OR m.tool_calls <> '[]' OR m.content !~ '\S'
    THEN
        broken := CASE
            WHEN broken IS NOT NULL THEN broken
            WHEN m.tool_calls <> '[]' AND m.role <> 'assistant' THEN 'messages_calls_of_assistant'
            WHEN m.content !~ '\S' AND m.role <> 'tool' AND m.tool_calls = '[]' AND coalesce(memdb.parts_without_text(m.parts), 0) = 0
                THEN 'messages_content_not_empty'
            WHEN char_length(m.model) NOT BETWEEN 1 AND 256 THEN 'messages_model_length'
            WHEN char_length(m.name) NOT BETWEEN 1 AND 200 THEN 'messages_name_length'
            WHEN NOT (m.parts IS JSON ARRAY) OR octet_length(m.parts) > 33554432 THEN 'messages_parts_array'
            WHEN (m.role = 'tool') <> (m.asked_position IS NOT NULL) THEN 'messages_result_has_call'
            WHEN (m.role = 'tool') <> (m.tool_call_id IS NOT NULL) THEN 'messages_result_names_call'
            WHEN char_length(m.tool_call_id) NOT BETWEEN 1 AND 200 THEN 'messages_tool_call_id_length'
            WHEN jsonb_typeof(m.tool_calls) <> 'array' OR octet_length(m.tool_calls::text) > 16777216 THEN 'messages_tool_calls_array'
            WHEN NOT (m.calls IS JSON ARRAY) OR octet_length(m.calls) > 16777216 THEN 'messages_tool_calls_array'
        END;
    END IF;
    RETURN broken IS NULL OR memdb.must_fit('messages', broken);
END
$$;

CREATE FUNCTION memdb.fits(s memdb.sessions) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    broken text := CASE
        WHEN s.extracted_position NOT BETWEEN 0 AND s.last_position THEN 'sessions_extraction_within'
        WHEN jsonb_typeof(s.metadata) <> 'object' OR octet_length(s.metadata::text) > 8192 THEN 'sessions_metadata_object'
        WHEN s.status NOT IN ('active', 'completed', 'abandoned', 'error', 'cold_archived', 'deep_archived') THEN 'sessions_status_known'
    END;
BEGIN
    -- Most writes are to sessions that are open.
    IF num_nonnulls(s.archived_at, s.archived_to, s.closed_as, s.closed_at, s.external_id, s.model, s.moving, s.provider, s.title, broken) > 0
        OR s.status <> 'active'
    THEN
        broken := CASE
            WHEN broken IS NOT NULL THEN broken
            WHEN char_length(s.archived_to) NOT BETWEEN 1 AND 2000 THEN 'sessions_archived_to_length'
            WHEN s.closed_as NOT IN ('completed', 'abandoned', 'error') THEN 'sessions_closed_as_known'
            WHEN (s.closed_at IS NULL) <> (s.closed_as IS NULL) THEN 'sessions_closed_complete'
            WHEN (s.archived_at IS NULL) <> (s.status NOT IN ('cold_archived', 'deep_archived')) THEN 'sessions_closed_complete'
            WHEN char_length(s.external_id) NOT BETWEEN 1 AND 256 THEN 'sessions_external_id_length'
            WHEN char_length(s.model) NOT BETWEEN 1 AND 256 THEN 'sessions_model_length'
            WHEN s.moving NOT IN ('out', 'in', 'away', 'back') THEN 'sessions_moving_known'
            WHEN char_length(s.provider) NOT BETWEEN 1 AND 256 THEN 'sessions_provider_length'
            WHEN char_length(s.title) NOT BETWEEN 1 AND 512 THEN 'sessions_title_length'
        END;
    END IF;
    RETURN broken IS NULL OR memdb.must_fit('sessions', broken);
END
$$;

ALTER TABLE memdb.memories
    DROP CONSTRAINT memories_category_known,
    DROP CONSTRAINT memories_confidence_range,
    DROP CONSTRAINT memories_content_length,
    DROP CONSTRAINT memories_content_not_empty,
    DROP CONSTRAINT memories_embedding_model_length,
    DROP CONSTRAINT memories_embedding_model_needs_embedding,
    DROP CONSTRAINT memories_expiry_after_creation,
    DROP CONSTRAINT memories_external_id_length,
    DROP CONSTRAINT memories_labels_fit,
    DROP CONSTRAINT memories_links_fit,
    DROP CONSTRAINT memories_metadata_object,
    DROP CONSTRAINT memories_source_known,
    DROP CONSTRAINT memories_status_known,
    DROP CONSTRAINT memories_tags_count,
    DROP CONSTRAINT memories_validity_order,
    ADD CONSTRAINT memories_fit CHECK (memdb.fits(memories));

ALTER TABLE memdb.memory_versions
    DROP CONSTRAINT memory_versions_changed_by_length,
    DROP CONSTRAINT memory_versions_operation_known,
    DROP CONSTRAINT memory_versions_reason_length,
    ADD CONSTRAINT memory_versions_fit CHECK (memdb.fits(memory_versions));

ALTER TABLE memdb.messages
    DROP CONSTRAINT messages_calls_of_assistant,
    DROP CONSTRAINT messages_content_length,
    DROP CONSTRAINT messages_content_not_empty,
    DROP CONSTRAINT messages_metadata_object,
    DROP CONSTRAINT messages_model_length,
    DROP CONSTRAINT messages_name_length,
    DROP CONSTRAINT messages_parts_array,
    DROP CONSTRAINT messages_result_has_call,
    DROP CONSTRAINT messages_result_names_call,
    DROP CONSTRAINT messages_role_known,
    DROP CONSTRAINT messages_tokens_range,
    DROP CONSTRAINT messages_tool_call_id_length,
    DROP CONSTRAINT messages_tool_calls_array,
    ADD CONSTRAINT messages_fit CHECK (memdb.fits(messages));

ALTER TABLE memdb.sessions
    DROP CONSTRAINT sessions_archived_to_length,
    DROP CONSTRAINT sessions_closed_as_known,
    DROP CONSTRAINT sessions_closed_complete,
    DROP CONSTRAINT sessions_external_id_length,
    DROP CONSTRAINT sessions_extraction_within,
    DROP CONSTRAINT sessions_metadata_object,
    DROP CONSTRAINT sessions_model_length,
    DROP CONSTRAINT sessions_moving_known,
    DROP CONSTRAINT sessions_provider_length,
    DROP CONSTRAINT sessions_status_known,
    DROP CONSTRAINT sessions_title_length,
    ADD CONSTRAINT sessions_fit CHECK (memdb.fits(sessions));

COMMENT ON SCHEMA memdb IS 'memdb 0045_lighter_writes';
