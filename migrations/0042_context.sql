-- depends: 0041_database_roles
-- What a search knows of a memory's place in its conversation, and of who speaks in it.

-- How many characters its session had up to the memory's middle when it was added; NULL without a session. How far two memories of a session
-- are apart is the difference, so that no search has to put sessions in order. What is deleted or changed later leaves it as it is.
ALTER TABLE memdb.memories ADD COLUMN session_offset bigint;

GRANT UPDATE (session_offset) ON memdb.memories TO memdb_app;

-- Whoever applies this owns the table, and reads all of it while row-level security is not forced.
ALTER TABLE memdb.memories NO FORCE ROW LEVEL SECURITY;

-- A part of the organizations at a time, so that nothing is sorted on disk for all of them at once.
DO $$
DECLARE
    part integer;
BEGIN
    FOR part IN 0 .. 63 LOOP
        UPDATE memdb.memories AS m
        SET session_offset = o.session_offset
        FROM (
            SELECT
                p.org_id,
                p.id,
                sum(char_length(p.content)) OVER (PARTITION BY p.org_id, p.session_id ORDER BY p.observed_at, p.id)
                - char_length(p.content) / 2 AS session_offset
            FROM memdb.memories AS p
            WHERE p.session_id IS NOT NULL
                AND uuid_hash(p.session_id) & 63 = part
        ) AS o
        WHERE m.org_id = o.org_id
            AND m.id = o.id;
    END LOOP;
END
$$;

ALTER TABLE memdb.memories FORCE ROW LEVEL SECURITY;

-- Which words say that a text is about who says it, as a query for any of them; NULL where nobody has listed the language's.
CREATE FUNCTION memdb.first_person(language text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    words CONSTANT text := CASE language
        WHEN 'danish' THEN 'jeg mig min mit mine vi os vores'
        WHEN 'dutch' THEN 'ik mij me mijn wij we ons onze'
        WHEN 'english' THEN 'I Im Ive me my mine we us our'
        WHEN 'french' THEN 'je j moi me m mon ma mes nous notre nos'
        WHEN 'german' THEN 'ich mich mir mein meine meinen meinem meiner wir uns unser unsere unseren unserem unserer'
        WHEN 'italian' THEN 'io me mi mio mia miei mie noi ci nostro nostra nostri nostre'
        WHEN 'norwegian' THEN 'jeg meg min mi mitt mine vi oss vår vårt våre'
        WHEN 'portuguese' THEN 'eu mim me meu minha meus minhas nós nos nosso nossa nossos nossas'
        WHEN 'russian' THEN 'я меня мне мной мой моя моё мои моего моей моих мы нас нам нами наш наша наше наши'
        WHEN 'spanish' THEN 'yo mí me mi mis mío mía nosotros nosotras nos nuestro nuestra nuestros nuestras'
        WHEN 'swedish' THEN 'jag mig min mitt mina vi oss vår vårt våra'
    END;
BEGIN
    RETURN (
        SELECT string_agg(memdb.query_of(w.lexeme)::text, '|')::tsquery
        FROM unnest(memdb.placed(language, memdb.lowered(words))) AS w
    );
END
$$;

-- Whether a text asks something, in whatever script. To be inlined.
CREATE FUNCTION memdb.asks(content text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN strpos(content, '?') > 0 OR strpos(content, '？') > 0 OR strpos(content, '؟') > 0;

-- A regular expression, not minding case, for texts that begin with a word of a question that is no stop word, as what somebody says often
-- begins with who says it. NULL where there are no such words.
CREATE FUNCTION memdb.beginning_with(language text, question text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN (
        SELECT '^[^[:alnum:]]*(?:' || string_agg(n.name, '|' ORDER BY n.name) || ')(?![[:alnum:]])'
        FROM (
            SELECT DISTINCT w.name
            FROM regexp_split_to_table(left(memdb.lowered(question), 2000), '[^[:alnum:]]+') AS w (name)
            WHERE length(to_tsvector(('pg_catalog.' || language)::regconfig, w.name)) > 0
            ORDER BY w.name
            LIMIT 64
        ) AS n
    );
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0042_context';
