DROP FUNCTION memdb.phrase(text, text);

DROP FUNCTION memdb.joined(text);

DROP FUNCTION memdb.has_variants(text);

DROP FUNCTION memdb.readings(text, text, integer);

-- The content as PostgreSQL's parser reads it alike whatever the locale: symbols as spaces, identifiers as their parts, and a run of a script
-- without spaces as pairs of characters: "abcd" as "ab bc cd d". The lone last one lets one character find the words that end with it; a
-- question does without it (`asked`).
CREATE OR REPLACE FUNCTION memdb.spaced(content text, asked boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    -- Thai to Burmese, Khmer, kana, Han, Hangul.
    spaceless CONSTANT text := '\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf'
        '\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff';
    -- Punctuation and symbols that a parser in the C locale takes for letters.
    symbols CONSTANT text := '\u0080-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030'
        '\u303d-\u303f\u30fb\ufe00-\ufe6f\uff00-\uff65\U0001f000-\U0001faff';
    spaced text := content;
BEGIN
    IF spaced ~ '[^\u0001-\u007f]' THEN
        spaced := regexp_replace(memdb.lowered(spaced), '[' || symbols || ']+', ' ', 'g');
        IF spaced ~ ('[' || spaceless || ']') THEN
            spaced := regexp_replace(spaced, '([' || spaceless || ']+)', ' \1 ', 'g');
            spaced := regexp_replace(spaced, '([' || spaceless || '])', '\1 \1', 'g');
            spaced := regexp_replace(spaced, ' [' || spaceless || '] (?=[' || spaceless || ']{2})', ' ', 'g');
            spaced := regexp_replace(spaced, '(?<![' || spaceless || '])([' || spaceless || ']) \1(?![' || spaceless || '])', '\1', 'g');
            IF asked THEN
                spaced := regexp_replace(spaced, '([' || spaceless || ']{2}) [' || spaceless || '](?![' || spaceless || '])', '\1', 'g');
            END IF;
        END IF;
    END IF;
    -- Decimal numbers, and words with a hyphen, are the parser's own; but it takes what stands between < and > for a tag, and & for an entity.
    RETURN regexp_replace(
        translate(spaced, '<>&', '   '),
        '([0-9])[-:/]+(?=[0-9])|([a-zA-Z])-+(?=[0-9])|([a-zA-Z0-9])[_/\\:@=?#~]+(?=[a-zA-Z0-9])|([a-zA-Z])[.]+(?=[a-zA-Z0-9])'
        '|([0-9])[.](?=[a-zA-Z]|[0-9]+[.][0-9])|([.][0-9]+)[.](?=[0-9])|(^|\s)[/~]+(?=[a-zA-Z0-9])',
        '\1\2\3\4\5\6\7 ',
        'g'
    );
END
$$;

-- The identifiers of a text as they are written, in lower case: paths, hosts, addresses, versions, dates, snake_case, C++.
CREATE OR REPLACE FUNCTION memdb.identifiers(content text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    IF content !~ '[a-zA-Z0-9][._/\\:@-]+[a-zA-Z0-9]|[a-zA-Z](?:\+\+|#)' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT lower(identifier.text)
        FROM (
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9_]+(?:[._/\\:@-]+[a-zA-Z0-9_]+)+', 'g'))[1] AS text
            UNION ALL
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9_]+(?:[._-]+[a-zA-Z0-9_]+)+', 'g'))[1]
            UNION ALL
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9]+(?:_+[a-zA-Z0-9]+)+', 'g'))[1]
            UNION ALL
            SELECT (regexp_matches(content, '[a-zA-Z](?:\+\+|#)(?![a-zA-Z0-9_])', 'g'))[1]
        ) AS identifier
        WHERE length(identifier.text) BETWEEN 2 AND 200
    );
END
$$;

-- The words of a text in their basic form in its language, with their positions; and without: its identifiers whole, and the parts of camelCase.
-- Immutable as long as nobody alters PostgreSQL's own text search configurations.
CREATE OR REPLACE FUNCTION memdb.words(language text, content text, asked boolean DEFAULT false) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    configuration CONSTANT regconfig := ('pg_catalog.' || language)::regconfig;
    words tsvector;
BEGIN
    -- Most texts have nothing that the parser does not know.
    IF content !~ '[^\u0001-\u007f]|[<>&]|[a-zA-Z0-9][._/\\:@=?#+~-]+[a-zA-Z0-9]|(?:^|\s)[/~]|[a-z0-9][A-Z]|[A-Z][A-Z][a-z]|[a-zA-Z](?:\+\+|#)' THEN
        RETURN to_tsvector(configuration, content);
    END IF;
    words := to_tsvector(configuration, memdb.spaced(content, asked)) || array_to_tsvector(memdb.identifiers(content));
    IF content ~ '[a-z0-9][A-Z]|[A-Z][A-Z][a-z]' THEN
        words := words || strip(to_tsvector(configuration, (
            SELECT coalesce(
                string_agg(
                    regexp_replace(regexp_replace(camel.found[1], '([a-z0-9])([A-Z])', '\1 \2', 'g'), '([A-Z])([A-Z][a-z])', '\1 \2', 'g'), ' '
                ),
                ''
            )
            FROM regexp_matches(content, '(?<![a-zA-Z0-9])([a-zA-Z0-9]*(?:[a-z0-9][A-Z]|[A-Z][A-Z][a-z])[a-zA-Z0-9]*)', 'g') AS camel (found)
        )));
    END IF;
    RETURN words;
END
$$;

-- The day on which something was observed (UTC), as words, in a language whose months are known: so "in May 2023" finds it. Weight C tells them
-- from the words of a content.
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
        to_tsvector(
            ('pg_catalog.' || language)::regconfig,
            concat_ws(' ', extract(day FROM day), months[extract(month FROM day)::int], extract(year FROM day))
        ),
        'C'
    );
END
$$;

-- What a question asks for. `words`: those of its text in their order, 64 at most, for BM25 to add up. `required`: NULL, or what must hold of a
-- memory: each "quoted phrase" word by word, and nothing that has a minus before it (-word, -"phrase"), 64 of them at most. All else is text.
CREATE OR REPLACE FUNCTION memdb.question(language text, question text, OUT words tsquery[], OUT required tsquery)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    configuration CONSTANT regconfig := ('pg_catalog.' || language)::regconfig;
    -- An excluded phrase, a phrase, an excluded word, or anything else.
    parts CONSTANT text := '(?:^|\s)-"([^"]+)"|"([^"]+)"|(?:^|\s)-([^-\s"0-9][^\s"]*)|([^\s"]+|")';
    plain text := question;
    part text[];
    phrase text;
    condition tsquery;
BEGIN
    IF question ~ '"|(?:^|\s)-' THEN
        plain := (SELECT coalesce(string_agg(coalesce(p.part[2], p.part[4]), ' '), '') FROM regexp_matches(question, parts, 'g') AS p (part));
        FOR part IN SELECT p.part FROM regexp_matches(question, parts, 'g') AS p (part) WHERE p.part[4] IS NULL LIMIT 64 LOOP
            phrase := coalesce(part[1], part[2], part[3]);
            condition := phraseto_tsquery(configuration, memdb.spaced(phrase, true));
            IF condition::text ~ '^''[^\u0001-\u0dff]''$' THEN
                condition := memdb.query_of(btrim(condition::text, ''''));
            END IF;
            -- Without its signs, C++ is the letter.
            SELECT coalesce(string_agg(memdb.query_of(i.identifier)::text, '&')::tsquery && condition, condition)
            INTO condition
            FROM unnest(memdb.identifiers(phrase)) AS i (identifier)
            WHERE i.identifier ~ '[+#]$';
            CONTINUE WHEN numnode(condition) = 0;
            IF part[2] IS NULL THEN
                condition := !! condition;
            END IF;
            required := CASE WHEN required IS NULL THEN condition ELSE required && condition END;
        END LOOP;
        -- What weighs D is the content: the day it was observed on is not in a phrase, and not to be excluded.
        required := regexp_replace(required::text, '(''(?:[^'']|'''')+'')(?::([*]))?', '\1:\2D', 'g')::tsquery;
    END IF;
    words := ARRAY(
        SELECT memdb.query_of(w.lexeme)
        FROM unnest(memdb.words(language, plain, true)) AS w
        -- A long text is judged by its beginning: each word costs a look at every memory of the scope.
        ORDER BY w.positions[1], w.lexeme
        LIMIT 64
    );
END
$$;

DO $$
DECLARE
    worded regclass;
BEGIN
    FOR worded IN SELECT w.things FROM memdb.word_tables AS w ORDER BY w.things::text LOOP
        CALL memdb.regenerate(worded);
    END LOOP;
END
$$;

DROP FUNCTION memdb.unplaced(text, text);

DROP FUNCTION memdb.acronyms(text, text);

DROP FUNCTION memdb.placed(text, text);

DROP FUNCTION memdb.unaccented(text);

DROP FUNCTION memdb.visible(text);

DO $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT c.cfgname AS name FROM pg_ts_config AS c WHERE c.cfgnamespace = 'memdb'::regnamespace LOOP
        EXECUTE format('DROP TEXT SEARCH CONFIGURATION memdb.%I', made.name);
    END LOOP;
    FOR made IN SELECT d.dictname AS name FROM pg_ts_dict AS d WHERE d.dictnamespace = 'memdb'::regnamespace LOOP
        EXECUTE format('DROP TEXT SEARCH DICTIONARY memdb.%I', made.name);
    END LOOP;
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0031_one_folding';
