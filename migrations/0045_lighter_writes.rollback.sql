ALTER TABLE memdb.memories
    DROP CONSTRAINT memories_fit,
    ADD CONSTRAINT memories_category_known CHECK (category IN ('factual', 'preference', 'behavioral', 'episodic', 'procedural')),
    ADD CONSTRAINT memories_confidence_range CHECK (confidence BETWEEN 0 AND 1),
    ADD CONSTRAINT memories_content_length CHECK (char_length(content) <= 8192),
    ADD CONSTRAINT memories_content_not_empty CHECK (content ~ '\S'),
    ADD CONSTRAINT memories_embedding_model_length CHECK (char_length(embedding_model) BETWEEN 1 AND 256),
    ADD CONSTRAINT memories_embedding_model_needs_embedding CHECK (embedding_model IS NULL OR embedded),
    ADD CONSTRAINT memories_expiry_after_creation CHECK (expires_at > created_at),
    ADD CONSTRAINT memories_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 512),
    ADD CONSTRAINT memories_labels_fit CHECK (
        labels = '{}' OR (jsonb_typeof(labels) = 'object' AND labels ? category AND memdb.labels_fit(labels))
    ),
    ADD CONSTRAINT memories_links_fit CHECK (
        (superseded_by IS NULL OR (status = 'superseded' AND superseded_by <> id))
        AND (merged_into IS NULL OR (status = 'merged' AND merged_into <> id))
    ),
    ADD CONSTRAINT memories_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192),
    ADD CONSTRAINT memories_source_known CHECK (source IN ('extracted', 'user_provided', 'imported', 'inferred')),
    ADD CONSTRAINT memories_status_known CHECK (
        status IN ('draft', 'active', 'superseded', 'merged', 'archived', 'pending_review', 'quarantined', 'discarded')
    ),
    ADD CONSTRAINT memories_tags_count CHECK (cardinality(tags) <= 20),
    ADD CONSTRAINT memories_validity_order CHECK (valid_until >= valid_from);

ALTER TABLE memdb.memory_versions
    DROP CONSTRAINT memory_versions_fit,
    ADD CONSTRAINT memory_versions_changed_by_length CHECK (char_length(changed_by) BETWEEN 1 AND 200),
    ADD CONSTRAINT memory_versions_operation_known CHECK (
        operation IN ('create', 'update', 'delete', 'restore', 'expire', 'supersede', 'merge', 'revert')
    ),
    ADD CONSTRAINT memory_versions_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000);

ALTER TABLE memdb.messages
    DROP CONSTRAINT messages_fit,
    ADD CONSTRAINT messages_calls_of_assistant CHECK (tool_calls = '[]' OR role = 'assistant'),
    ADD CONSTRAINT messages_content_length CHECK (char_length(content) <= 10000000),
    ADD CONSTRAINT messages_content_not_empty CHECK (
        content ~ '\S' OR role = 'tool' OR tool_calls <> '[]' OR coalesce(memdb.parts_without_text(parts), 0) > 0
    ),
    ADD CONSTRAINT messages_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192),
    ADD CONSTRAINT messages_model_length CHECK (char_length(model) BETWEEN 1 AND 256),
    ADD CONSTRAINT messages_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    ADD CONSTRAINT messages_parts_array CHECK (parts IS JSON ARRAY AND octet_length(parts) <= 33554432),
    ADD CONSTRAINT messages_result_has_call CHECK ((role = 'tool') = (asked_position IS NOT NULL)),
    ADD CONSTRAINT messages_result_names_call CHECK ((role = 'tool') = (tool_call_id IS NOT NULL)),
    ADD CONSTRAINT messages_role_known CHECK (role IN ('system', 'developer', 'user', 'assistant', 'tool')),
    ADD CONSTRAINT messages_tokens_range CHECK (tokens BETWEEN 0 AND 10000000),
    ADD CONSTRAINT messages_tool_call_id_length CHECK (char_length(tool_call_id) BETWEEN 1 AND 200),
    ADD CONSTRAINT messages_tool_calls_array CHECK (
        jsonb_typeof(tool_calls) = 'array' AND octet_length(tool_calls::text) <= 16777216
        AND calls IS JSON ARRAY AND octet_length(calls) <= 16777216
    );

ALTER TABLE memdb.sessions
    DROP CONSTRAINT sessions_fit,
    ADD CONSTRAINT sessions_archived_to_length CHECK (char_length(archived_to) BETWEEN 1 AND 2000),
    ADD CONSTRAINT sessions_closed_as_known CHECK (closed_as IN ('completed', 'abandoned', 'error')),
    ADD CONSTRAINT sessions_closed_complete CHECK (
        (closed_at IS NULL) = (closed_as IS NULL)
        AND (archived_at IS NULL) = (status NOT IN ('cold_archived', 'deep_archived'))
    ),
    ADD CONSTRAINT sessions_external_id_length CHECK (char_length(external_id) BETWEEN 1 AND 256),
    ADD CONSTRAINT sessions_extraction_within CHECK (extracted_position BETWEEN 0 AND last_position),
    ADD CONSTRAINT sessions_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192),
    ADD CONSTRAINT sessions_model_length CHECK (char_length(model) BETWEEN 1 AND 256),
    ADD CONSTRAINT sessions_moving_known CHECK (moving IN ('out', 'in', 'away', 'back')),
    ADD CONSTRAINT sessions_provider_length CHECK (char_length(provider) BETWEEN 1 AND 256),
    ADD CONSTRAINT sessions_status_known CHECK (
        status IN ('active', 'completed', 'abandoned', 'error', 'cold_archived', 'deep_archived')
    ),
    ADD CONSTRAINT sessions_title_length CHECK (char_length(title) BETWEEN 1 AND 512);

DROP FUNCTION memdb.fits(memdb.sessions);

DROP FUNCTION memdb.fits(memdb.messages);

DROP FUNCTION memdb.fits(memdb.memory_versions);

DROP FUNCTION memdb.fits(memdb.memories);

DROP FUNCTION memdb.must_fit(text, text);

DROP FUNCTION memdb.note_retrieval(uuid, uuid);

DROP FUNCTION memdb.replace_tags(uuid, uuid, text[]);

DROP FUNCTION memdb.write_tags(uuid, uuid, text[]);

DROP FUNCTION memdb.end_expired_memories(uuid, uuid[], text);

DROP FUNCTION memdb.session_end(uuid, uuid);

DROP FUNCTION memdb.tags_in_order(text[]);

DROP FUNCTION memdb.surest_label(jsonb);

CREATE OR REPLACE FUNCTION memdb.open_status(current text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF current = 'active' THEN
        RETURN current;
    END IF;
    RAISE EXCEPTION 'session closed' USING ERRCODE = 'MV006', DETAIL = current;
END
$$;

DROP FUNCTION memdb.refuse_status(text);

CREATE OR REPLACE FUNCTION memdb.next_version(current int, expected int) RETURNS int
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF expected <> current THEN
        RAISE EXCEPTION 'version conflict' USING ERRCODE = 'MV001', DETAIL = format('%s %s', expected, current);
    END IF;
    RETURN current + 1;
END
$$;

DROP FUNCTION memdb.refuse_version(int, int);

CREATE OR REPLACE FUNCTION memdb.words_of_day(language text, observed_at timestamptz) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    day CONSTANT timestamp := observed_at AT TIME ZONE 'UTC';
    months CONSTANT text[] := CASE language
        WHEN 'english' THEN '{January,February,March,April,May,June,July,August,September,October,November,December}'
        WHEN 'french' THEN '{janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre}'
        WHEN 'german' THEN '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}'
        WHEN 'spanish' THEN '{enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre}'
        ELSE '{}'
    END;
BEGIN
    IF NOT isfinite(observed_at) THEN
        RETURN '';
    END IF;
    RETURN setweight(
        memdb.placed(
            language,
            lower(concat_ws(' ', extract(day FROM day), months[extract(month FROM day)::int], extract(year FROM day)) COLLATE "C")
        ),
        'C'
    );
END
$$;

CREATE OR REPLACE FUNCTION memdb.placed(language text, spaced text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    configuration CONSTANT regconfig := ('memdb.' || language)::regconfig;
    plain CONSTANT text := memdb.unaccented(spaced);
    placed CONSTANT tsvector := to_tsvector(configuration, spaced);
BEGIN
    IF plain = spaced THEN
        RETURN placed;
    END IF;
    -- As texts, because || would count the positions of the second one on.
    RETURN (placed::text || ' ' || to_tsvector(configuration, plain)::text)::tsvector;
END
$$;

CREATE OR REPLACE FUNCTION memdb.folded(content text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    -- By their numbers, because what is white space depends on the locale; NFKC has made spaces of the others.
    RETURN btrim(regexp_replace(memdb.lowered(content), '[\u0009-\u000d\u0020\u0085\u1680\u2028\u2029]+', ' ', 'g'), ' ');
END
$$;

CREATE OR REPLACE FUNCTION memdb.lowered(content text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    folded text := content;
BEGIN
    IF content !~ '[^\u0001-\u007f]' THEN
        RETURN lower(content COLLATE "C");
    END IF;
    -- What is not to be seen is no part of a text: soft hyphens, joiners, marks of direction, variation selectors, byte order marks.
    folded := normalize(regexp_replace(content, '[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+', '', 'g'), NFKC);
    folded := lower(folded COLLATE pg_catalog.pg_c_utf8);
    -- Lower case may have a composed form that the capital has not.
    RETURN normalize(folded, NFKC);
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0044_item_order';
