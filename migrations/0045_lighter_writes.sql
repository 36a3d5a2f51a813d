-- depends: 0044_item_order
-- What a write costs beside the writing: what it has to do seldom is a function, versions and states are compared in the statement's own plan,
-- and a text is folded without an expression where it has nothing to fold.

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

COMMENT ON SCHEMA memdb IS 'memdb 0045_lighter_writes';
