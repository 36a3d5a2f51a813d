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
