-- depends: 0031_one_folding
-- Words that are found however they are written: with or without accents, hyphens, signs and characters that are not to be seen; and phrases
-- of stop words.

-- PostgreSQL's configurations, with the stop words: a phrase may be made of them. A question still leaves them out (`question`).
DO $$
DECLARE
    configuration record;
    dictionary record;
BEGIN
    FOR configuration IN
        SELECT
            c.oid,
            c.cfgname AS name
        FROM pg_ts_config AS c
        WHERE c.cfgnamespace = 'pg_catalog'::regnamespace
            AND c.cfgname IN (
                'simple', 'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek',
                'hindi', 'hungarian', 'indonesian', 'irish', 'italian', 'lithuanian', 'nepali', 'norwegian', 'portuguese', 'romanian',
                'russian', 'serbian', 'spanish', 'swedish', 'tamil', 'turkish', 'yiddish'
            )
        ORDER BY c.cfgname
    LOOP
        EXECUTE format('CREATE TEXT SEARCH CONFIGURATION memdb.%I (COPY = pg_catalog.%1$I)', configuration.name);
        FOR dictionary IN
            SELECT DISTINCT
                d.dictname AS name,
                substring(d.dictinitoption FROM 'language = ''(\w+)''') AS language,
                EXISTS (
                    SELECT FROM pg_ts_dict AS o
                    WHERE o.dictnamespace = 'memdb'::regnamespace
                        AND o.dictname = d.dictname
                ) AS is_made
            FROM pg_ts_config_map AS m
            JOIN pg_ts_dict AS d ON d.oid = m.mapdict
            JOIN pg_ts_template AS t ON t.oid = d.dicttemplate
            WHERE m.mapcfg = configuration.oid
                AND t.tmplname = 'snowball'
        LOOP
            IF NOT dictionary.is_made THEN
                EXECUTE format(
                    'CREATE TEXT SEARCH DICTIONARY memdb.%I (TEMPLATE = pg_catalog.snowball, LANGUAGE = %L)',
                    dictionary.name,
                    dictionary.language
                );
            END IF;
            EXECUTE format(
                'ALTER TEXT SEARCH CONFIGURATION memdb.%I ALTER MAPPING REPLACE pg_catalog.%I WITH memdb.%2$I',
                configuration.name,
                dictionary.name
            );
        END LOOP;
    END LOOP;
END
$$;

-- What is not to be seen is no part of a text: soft hyphens, joiners, marks of direction, variation selectors, byte order marks.
CREATE FUNCTION memdb.visible(content text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN CASE
        WHEN content ~ '[^\u0001-\u007f]' THEN regexp_replace(
            content,
            '[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+',
            '',
            'g'
        )
        ELSE content
    END;
END
$$;

-- A text in lower case without its accents: of Latin and Greek letters, and of the Cyrillic ё.
CREATE FUNCTION memdb.unaccented(lowered text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    plain text := lowered;
BEGIN
    IF plain ~ '[\u00df-\u00ff]' THEN
        plain := replace(
            replace(translate(plain, 'àáâãäåçèéêëìíîïðñòóôõöøùúûüýÿ', 'aaaaaaceeeeiiiidnoooooouuuuyy'), 'ß', 'ss'), 'æ', 'ae'
        );
    END IF;
    IF plain ~ '[\u0100-\u024f\u0300-\u03ff\u0451\u1e00-\u1fff]' THEN
        plain := normalize(
            regexp_replace(normalize(plain, NFD), '([a-z\u0100-\u024f\u0370-\u03ff\u0435])[\u0300-\u036f]+', '\1', 'g'), NFC
        );
        plain := replace(translate(plain, 'đħıłŧ', 'dhilt'), 'œ', 'oe');
    END IF;
    RETURN plain;
END
$$;

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
        -- Hyphens and the minus that ASCII has not.
        spaced := regexp_replace(translate(memdb.lowered(spaced), E'\u2010\u2212', '--'), '[' || symbols || ']+', ' ', 'g');
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
    -- Decimal numbers, and words with a hyphen, are the parser's own; but it takes what stands between < and > for a tag, & for an entity, and a
    -- sign for a part of its number.
    RETURN regexp_replace(
        translate(spaced, '<>&', '   '),
        '([0-9])[-:/]+(?=[0-9])|([a-zA-Z])-+(?=[0-9])|([a-zA-Z0-9])[_/\\:@=?#~]+(?=[a-zA-Z0-9])|([a-zA-Z])[.]+(?=[a-zA-Z0-9])'
        '|([0-9])[.](?=[a-zA-Z]|[0-9]+[.][0-9])|([.][0-9]+)[.](?=[0-9])|(^|\s)[/~]+(?=[a-zA-Z0-9])|(?<![a-zA-Z0-9])[-+]+(?=[.]?[0-9])',
        '\1\2\3\4\5\6\7 ',
        'g'
    );
END
$$;

-- The words of a text that is spaced, with their positions. What has accents has two words in one place, with and without them, each in its
-- basic form: a stemmer needs the accents, and who asks may not have them.
CREATE FUNCTION memdb.placed(language text, spaced text) RETURNS tsvector
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

-- As before, and names with &: AT&T.
CREATE OR REPLACE FUNCTION memdb.identifiers(content text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    IF content !~ '[a-zA-Z0-9][._/\\:@&-]+[a-zA-Z0-9]|[a-zA-Z](?:\+\+|#)' THEN
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
            SELECT (regexp_matches(content, '(?<![^\u0001-\u007f])[a-zA-Z0-9]+(?:&[a-zA-Z0-9]+)+', 'g'))[1]
            UNION ALL
            SELECT (regexp_matches(content, '[a-zA-Z](?:\+\+|#)(?![a-zA-Z0-9_])', 'g'))[1]
        ) AS identifier
        WHERE length(identifier.text) BETWEEN 2 AND 200
    );
END
$$;

-- What is written in capitals and would be a stop word otherwise, as it is written: IT, WHO. No other word has capitals.
CREATE FUNCTION memdb.acronyms(language text, content text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    stopping CONSTANT regconfig := ('pg_catalog.' || language)::regconfig;
BEGIN
    IF content !~ '(?:^|[^a-zA-Z0-9])[A-Z]{2,5}(?:[^a-zA-Z0-9]|$)' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT c.capitals
        FROM (
            SELECT DISTINCT r.found[1] AS capitals
            FROM regexp_matches(content, '(?<![a-zA-Z0-9\u0080-\u1fff])[A-Z]{2,5}(?![a-zA-Z0-9\u0080-\u1fff])', 'g') AS r (found)
        ) AS c
        WHERE length(to_tsvector(stopping, c.capitals)) = 0
    );
END
$$;

-- What a text is found by beside its words in their places: identifiers whole, the parts of camelCase, and stop words that are acronyms.
CREATE FUNCTION memdb.unplaced(language text, content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    unplaced tsvector := array_to_tsvector(memdb.identifiers(content) || memdb.acronyms(language, content));
BEGIN
    IF content ~ '[a-z0-9][A-Z]|[A-Z][A-Z][a-z]' THEN
        unplaced := unplaced || strip(to_tsvector(('pg_catalog.' || language)::regconfig, (
            SELECT coalesce(
                string_agg(
                    regexp_replace(regexp_replace(camel.found[1], '([a-z0-9])([A-Z])', '\1 \2', 'g'), '([A-Z])([A-Z][a-z])', '\1 \2', 'g'), ' '
                ),
                ''
            )
            FROM regexp_matches(content, '(?<![a-zA-Z0-9])([a-zA-Z0-9]*(?:[a-z0-9][A-Z]|[A-Z][A-Z][a-z])[a-zA-Z0-9]*)', 'g') AS camel (found)
        )));
    END IF;
    RETURN unplaced;
END
$$;

-- The words of a text in their basic form in its language, and without: its identifiers whole, the parts of camelCase, acronyms.
-- Immutable as long as nobody alters the text search configurations.
CREATE OR REPLACE FUNCTION memdb.words(language text, content text, asked boolean DEFAULT false) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    visible text;
BEGIN
    -- Most texts have nothing that the parser does not know.
    IF content !~ (
        '[^\u0001-\u007f]|[<>&]|[a-zA-Z0-9][._/\\:@=?#+~-]+[a-zA-Z0-9]|(?:^|\s)[/~]|[a-z0-9][A-Z]|[A-Z][A-Z][a-z]|[a-zA-Z](?:\+\+|#)'
        '|[-+][.]?[0-9]|(?:^|[^a-zA-Z0-9])[A-Z]{2,5}(?:[^a-zA-Z0-9]|$)'
    ) THEN
        RETURN to_tsvector(('memdb.' || language)::regconfig, content);
    END IF;
    visible := memdb.visible(content);
    RETURN memdb.placed(language, memdb.spaced(visible, asked)) || memdb.unplaced(language, visible);
END
$$;

-- As before, by the words of all other texts.
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

-- What a question reads at each place of a text, as tsqueries: a word with or without its accents, and covid19 also as covid 19. `is_asked`
-- is false for stop words. `single` also lets one character of a script without spaces begin words. Of a long text, the places of its first
-- words only, as many as `most` (NULL: all).
CREATE FUNCTION memdb.readings(language text, content text, most integer)
RETURNS TABLE (place integer, is_asked boolean, single tsquery, in_phrase text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    spaced CONSTANT text := memdb.spaced(content, true);
    configuration CONSTANT regconfig := ('memdb.' || language)::regconfig;
    letters CONSTANT text := '[^\u0001-@\[-`{-\u007f]+';
    asked CONSTANT tsvector := to_tsvector(('pg_catalog.' || language)::regconfig, spaced);
BEGIN
    RETURN QUERY
    SELECT
        p.place::integer,
        p.place IN (SELECT unnest(a.positions) FROM unnest(asked) AS a),
        string_agg(l.single, '|' ORDER BY l.lexeme)::tsquery,
        '(' || string_agg(replace(l.single, ':*', ''), '|' ORDER BY l.lexeme) || ')'
    FROM (
        SELECT
            w.lexeme,
            w.positions,
            concat_ws(
                '|',
                memdb.query_of(w.lexeme)::text,
                CASE WHEN w.lexeme ~ ('^(?:' || letters || '[0-9]+|[0-9]+' || letters || ')$') THEN nullif(
                    phraseto_tsquery(configuration, regexp_replace(w.lexeme, '([0-9])(?=[^0-9])|([^0-9])(?=[0-9])', '\1\2 '))::text, ''
                ) END
            ) AS single
        FROM (SELECT u.lexeme, u.positions FROM unnest(memdb.placed(language, spaced)) AS u ORDER BY u.positions[1] LIMIT most) AS w
    ) AS l
    CROSS JOIN unnest(l.positions) AS p (place)
    GROUP BY p.place;
END
$$;

-- Whether a text may be written otherwise: with accents, or with digits beside letters.
CREATE FUNCTION memdb.has_variants(content text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN content ~ '[\u0080-\u1fff\u2010\u2011\uff00-\uffef]|[a-zA-Z]-*[0-9]|[0-9]-*[a-zA-Z]';
END
$$;

-- A text with letters and digits in one word where a hyphen is between: covid-19 and 3-D as covid19 and 3D.
CREATE FUNCTION memdb.joined(content text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN regexp_replace(
        content,
        '(?<![a-zA-Z0-9\u0080-\u1fff-])([a-zA-Z\u0080-\u1fff]+)[-\u2010\u2011]+([0-9]+)(?![a-zA-Z0-9\u0080-\u1fff-])'
        '|(?<![a-zA-Z0-9\u0080-\u1fff-])([0-9]+)[-\u2010\u2011]+([a-zA-Z\u0080-\u1fff]+)(?![a-zA-Z0-9\u0080-\u1fff-])',
        '\1\2\3\4',
        'g'
    );
END
$$;

-- A text as a phrase: its words side by side, stop words as well. NULL or empty where it has none.
CREATE FUNCTION memdb.phrase(language text, content text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    phrase tsquery;
BEGIN
    IF memdb.has_variants(content) THEN
        RETURN (
            SELECT CASE count(*) WHEN 1 THEN min(r.single::text) ELSE string_agg(r.in_phrase, '<->' ORDER BY r.place) END::tsquery
            FROM memdb.readings(language, memdb.joined(content), NULL) AS r
        );
    END IF;
    phrase := phraseto_tsquery(('memdb.' || language)::regconfig, memdb.spaced(content, true));
    IF phrase::text ~ '^''[^\u0001-\u0dff]''$' THEN
        phrase := memdb.query_of(btrim(phrase::text, ''''));
    END IF;
    RETURN phrase;
END
$$;

-- What a question asks for. `words`: those of its text in their order, 64 at most, for BM25 to add up. Stop words count in phrases only, and
-- where there are no others, side by side. `required`: NULL, or what must hold of a memory: each "quoted phrase" word by word, and nothing
-- that has a minus before it (-word, -"phrase"), 64 of them at most. All else is text.
CREATE OR REPLACE FUNCTION memdb.question(language text, question text, OUT words tsquery[], OUT required tsquery)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    -- An excluded phrase, a phrase, an excluded word, or anything else.
    parts CONSTANT text := '(?:^|\s)-"([^"]+)"|"([^"]+)"|(?:^|\s)-([^-\s"0-9][^\s"]*)|([^\s"]+|")';
    visible CONSTANT text := memdb.visible(question);
    plain text := visible;
    stopping tsquery[] := '{}';
    part text[];
    phrase text;
    condition tsquery;
BEGIN
    IF visible ~ '"|(?:^|\s)-' THEN
        plain := (SELECT coalesce(string_agg(coalesce(p.part[2], p.part[4]), ' '), '') FROM regexp_matches(visible, parts, 'g') AS p (part));
        FOR part IN SELECT p.part FROM regexp_matches(visible, parts, 'g') AS p (part) WHERE p.part[4] IS NULL LIMIT 64 LOOP
            phrase := coalesce(part[1], part[2], part[3]);
            IF phrase ~ '^\s*[A-Z]{2,5}\s*$' AND cardinality(memdb.acronyms(language, phrase)) > 0 THEN
                condition := memdb.query_of(btrim(phrase));
            ELSE
                condition := memdb.phrase(language, phrase);
                -- Without its signs, C++ is the letter.
                SELECT coalesce(string_agg(memdb.query_of(i.identifier)::text, '&')::tsquery && condition, condition)
                INTO condition
                FROM unnest(memdb.identifiers(phrase)) AS i (identifier)
                WHERE i.identifier ~ '[+#]$';
            END IF;
            CONTINUE WHEN condition IS NULL OR numnode(condition) = 0;
            IF part[2] IS NULL THEN
                condition := !! condition;
            ELSIF length(to_tsvector(('pg_catalog.' || language)::regconfig, phrase)) = 0 THEN
                stopping := stopping || condition;
            END IF;
            required := CASE WHEN required IS NULL THEN condition ELSE required && condition END;
        END LOOP;
        -- What weighs D is the content: the day it was observed on is not in a phrase, and not to be excluded.
        required := regexp_replace(required::text, '(''(?:[^'']|'''')+'')(?::([*]))?', '\1:\2D', 'g')::tsquery;
    END IF;
    -- A long text is judged by its beginning: each word costs a look at every memory of the scope.
    IF memdb.has_variants(plain) THEN
        words := ARRAY(
            SELECT w.word
            FROM (
                SELECT
                    r.single AS word,
                    r.place
                FROM memdb.readings(language, concat_ws(' ', plain, nullif(memdb.joined(plain), plain)), 512) AS r
                WHERE r.is_asked
                UNION ALL
                SELECT
                    memdb.query_of(u.lexeme),
                    NULL
                FROM unnest(memdb.unplaced(language, plain)) AS u
            ) AS w
            GROUP BY w.word
            ORDER BY min(w.place), w.word::text
            LIMIT 64
        );
    ELSE
        words := ARRAY(
            SELECT memdb.query_of(w.lexeme)
            FROM unnest(
                to_tsvector(('pg_catalog.' || language)::regconfig, memdb.spaced(plain, true)) || memdb.unplaced(language, plain)
            ) AS w
            ORDER BY w.positions[1], w.lexeme
            LIMIT 64
        );
    END IF;
    IF cardinality(words || stopping) = 0 THEN
        condition := memdb.phrase(language, left(plain, 256));
        IF numnode(condition) > 1 THEN
            words := ARRAY[condition];
        END IF;
    ELSE
        words := (words || stopping)[:64];
    END IF;
END
$$;

-- What is stored is read anew, where its words are others by now.
DO $$
DECLARE
    worded regclass;
BEGIN
    FOR worded IN SELECT w.things FROM memdb.word_tables AS w ORDER BY w.things::text LOOP
        CALL memdb.regenerate(worded);
    END LOOP;
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0032_words_however_written';
