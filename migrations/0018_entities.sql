-- depends: 0017_events
-- Entities: the people, places and things that an agent knows, each by one canonical key and any number of other names.

-- A name as it is compared: NFKC, in lower case, letters and digits of any script as they are, also + and # (C++ is not C); all else is _. A name
-- of symbols only is compared as it is.
CREATE FUNCTION memdb.entity_slug(name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
DECLARE
    lowered CONSTANT text := memdb.lowered(name);
    -- By their numbers, because what is a letter depends on the locale. Beyond ASCII, the symbols of memdb.spaced.
    slug CONSTANT text := btrim(
        regexp_replace(
            lowered,
            '[\u0001-\u0022\u0024-\u002a\u002c-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7'
            '\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30fb\ufe00-\ufe6f\uff00-\uff65\U0001f000-\U0001faff]+',
            '_', 'g'
        ),
        '_'
    );
BEGIN
    RETURN CASE slug WHEN '' THEN btrim(regexp_replace(lowered, '\s+', '_', 'g'), '_') ELSE slug END;
END
$$;

-- The canonical key of an entity: "person:ada_lovelace".
CREATE FUNCTION memdb.entity_key(type text, name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN type || ':' || memdb.entity_slug(name);

-- The trigrams of a name's words, each word with two spaces before it and one after it, as pg_trgm has them.
CREATE FUNCTION memdb.name_trigrams(name text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
AS $$
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT substr('  ' || w.word || ' ', place.first, 3)
        FROM string_to_table(memdb.entity_slug(name), '_') AS w (word), generate_series(1, length(w.word) + 1) AS place (first)
        WHERE w.word <> ''
    );
END
$$;

-- How similar two names are, 0 to 1: the trigrams that they share, of all that they have. pg_trgm's similarity(), but it does not take the
-- extension: in a database of the C locale that one knows no letters but those of ASCII, and comparing it with stored trigrams takes longer.
CREATE FUNCTION memdb.name_similarity(a text, b text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$
    SELECT coalesce(count(*) FILTER (WHERE t.times = 2)::float8 / nullif(count(*), 0), 0)
    FROM (
        SELECT count(*) AS times
        FROM unnest(memdb.name_trigrams(a) || memdb.name_trigrams(b)) AS of_either (trigram)
        GROUP BY of_either.trigram
    ) AS t
$$;

CREATE TABLE memdb.entities (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    -- Always one that is not merged itself.
    merged_into uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    -- When the summary and the profile were last made or found to be right.
    summarised_at timestamptz,
    profiled_at timestamptz,
    importance double precision NOT NULL DEFAULT 0.5,
    -- How often it was seen.
    mentions integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    -- Whether it had an embedding in the space of whoever wrote it last.
    embedded boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active',
    type text NOT NULL,
    trigrams tsvector NOT NULL GENERATED ALWAYS AS (array_to_tsvector(memdb.name_trigrams(name))) STORED,
    search tsvector NOT NULL GENERATED ALWAYS AS (memdb.words(language, name || '. ' || coalesce(summary, ''))) STORED,
    language text NOT NULL DEFAULT 'english',
    -- Stays when the name is changed.
    key text NOT NULL,
    slug text NOT NULL GENERATED ALWAYS AS (substr(key, strpos(key, ':') + 1)) STORED,
    name text NOT NULL,
    summary text,
    profile text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT entities_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT entities_status_known CHECK (status IN ('active', 'merged')),
    CONSTRAINT entities_merged_fits CHECK ((status = 'merged') = (merged_into IS NOT NULL) AND merged_into <> id),
    CONSTRAINT entities_importance_range CHECK (importance BETWEEN 0 AND 1),
    CONSTRAINT entities_mentions_positive CHECK (mentions > 0),
    CONSTRAINT entities_type_form CHECK (type ~ '^[a-z][a-z0-9_]{0,31}$'),
    CONSTRAINT entities_key_of_type CHECK (starts_with(key, type || ':') AND char_length(key) BETWEEN char_length(type) + 2 AND 400),
    CONSTRAINT entities_name_length CHECK (char_length(name) BETWEEN 1 AND 256),
    CONSTRAINT entities_name_not_empty CHECK (name ~ '\S'),
    CONSTRAINT entities_summary_length CHECK (char_length(summary) BETWEEN 1 AND 8192),
    CONSTRAINT entities_profile_length CHECK (char_length(profile) BETWEEN 1 AND 8192),
    CONSTRAINT entities_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
) WITH (fillfactor = 80);

-- A search by words, and a comparison of names, reads these of every row of its scope.
ALTER TABLE memdb.entities ALTER COLUMN search SET STORAGE MAIN, ALTER COLUMN trigrams SET STORAGE MAIN;

-- Other names of an entity; `key` is the name as it is compared, for entities of any type (addie) or of one (person:addie). The first to take a
-- name keeps it.
CREATE TABLE memdb.entity_aliases (
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    key text NOT NULL,
    alias text NOT NULL,
    CONSTRAINT entity_aliases_pkey PRIMARY KEY (org_id, agent_id, key),
    CONSTRAINT entity_aliases_key_length CHECK (char_length(key) BETWEEN 1 AND 400),
    CONSTRAINT entity_aliases_alias_length CHECK (char_length(alias) BETWEEN 1 AND 256),
    CONSTRAINT entity_aliases_alias_not_empty CHECK (alias ~ '\S')
);

-- Statistics to begin with, as in 0003_memories.
INSERT INTO memdb.entities (org_id, id, agent_id, status, merged_into, deleted_at, embedded, type, key, name)
SELECT
    md5('organization ' || i)::uuid,
    md5('entity ' || i)::uuid,
    md5('agent ' || i)::uuid,
    CASE WHEN i % 20 = 1 THEN 'merged' ELSE 'active' END,
    CASE WHEN i % 20 = 1 THEN md5('entity ' || i - 1)::uuid END,
    CASE WHEN i % 50 = 2 THEN now() END,
    i % 20 > 0,
    'type_' || i % 4,
    'type_' || i % 4 || ':entity_' || i,
    'Entity ' || i
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.entity_aliases (org_id, agent_id, entity_id, key, alias)
SELECT
    md5('organization ' || i)::uuid,
    md5('agent ' || i)::uuid,
    md5('entity ' || i)::uuid,
    'alias_' || i,
    'alias ' || i
FROM generate_series(0, 1999) AS i;

-- Merged ones, too: whoever names one means the one that it was merged into.
CREATE UNIQUE INDEX entities_key_unique ON memdb.entities (org_id, agent_id, key) WHERE deleted_at IS NULL;

CREATE INDEX entities_of_slug ON memdb.entities (org_id, agent_id, slug) WHERE deleted_at IS NULL;

CREATE INDEX entities_of_agent ON memdb.entities (org_id, agent_id, last_seen_at, id) WHERE status = 'active' AND deleted_at IS NULL;

CREATE INDEX entities_by_importance ON memdb.entities (org_id, agent_id, importance, id) WHERE status = 'active' AND deleted_at IS NULL;

-- Deleted ones, too: what was merged goes and comes back with what it was merged into.
CREATE INDEX entities_merged_into ON memdb.entities (org_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX entities_unembedded ON memdb.entities (org_id, id) WHERE NOT embedded AND status = 'active' AND deleted_at IS NULL;

-- By an expression, as sessions_deleted.
CREATE INDEX entities_deleted ON memdb.entities (org_id, coalesce(deleted_at, '-infinity'))
WHERE coalesce(deleted_at, '-infinity') > '-infinity';

CREATE INDEX entity_aliases_of_entity ON memdb.entity_aliases (org_id, entity_id, key);

ALTER TABLE memdb.entities ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ALTER TABLE memdb.entity_aliases ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ANALYZE memdb.entities, memdb.entity_aliases;

ALTER TABLE memdb.entities ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

ALTER TABLE memdb.entity_aliases ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

-- What an entity's embedding is of.
CREATE FUNCTION memdb.content_of(entity memdb.entities) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN entity.name || '. ' || coalesce(entity.summary, '');

CALL memdb.add_embeddings_of('memdb.entities', 'entity');

TRUNCATE memdb.entities, memdb.entity_aliases, memdb.entity_embeddings;

-- Which organization an agent is of, as for memories.
CREATE STATISTICS memdb.entities_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.entities;

CREATE STATISTICS memdb.entity_aliases_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.entity_aliases;

ALTER TABLE memdb.entities
    ADD CONSTRAINT entities_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT entities_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.entities (org_id, id);

ALTER TABLE memdb.entity_aliases
    ADD CONSTRAINT entity_aliases_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE;

-- Which entity of an agent each name means, and how that was found; one row for each name, by its number.
--
-- - exact: by its key, where it is one (person:ada) or the type is given, else by its slug among the entities of all types
-- - alias: by an alias of the type, else by one of any type
-- - fuzzy: the most similar name of an active entity, if it reaches `threshold`; of equals the one seen more often
--
-- Several entities of one slug are candidates, all with the similarity 1; else candidates are those whose names reach `lowest` and not
-- `threshold`, ten at most, the most similar first. Where `threshold` is NULL only the key of a given type counts. What is merged stands for
-- what it was merged into.
CREATE FUNCTION memdb.resolve_names(
    tenant uuid, of_agent uuid, names text[], types text[], threshold double precision, lowest double precision,
    OUT number integer, OUT entity_id uuid, OUT how text, OUT similarity double precision, OUT candidates jsonb
) RETURNS SETOF record
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF threshold IS NULL THEN
        RETURN QUERY
        SELECT
            g.number::int,
            e.id,
            CASE WHEN e.id IS NOT NULL THEN 'exact' END,
            CASE WHEN e.id IS NOT NULL THEN 1::float8 END,
            '[]'::jsonb
        FROM unnest(names, types) WITH ORDINALITY AS g (name, type, number)
        LEFT JOIN LATERAL (
            SELECT coalesce(n.merged_into, n.id) AS id FROM memdb.entities AS n
            WHERE n.org_id = tenant
                AND n.agent_id = of_agent
                AND n.key = memdb.entity_key(g.type, g.name)
                AND n.deleted_at IS NULL
            LIMIT 1
        ) AS e ON true
        ORDER BY g.number;
        RETURN;
    END IF;
    -- Each look at a table is lateral and has a LIMIT or OFFSET: else a plan for any names might read all of the agent's entities.
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT
            g.number::int AS number,
            g.type,
            memdb.entity_slug(g.name) AS slug,
            memdb.entity_key(g.type, g.name) AS key,
            -- What is written as a key.
            CASE
                WHEN g.name ~ '^[a-z][a-z0-9_]{0,31}:.*\S' AND starts_with(g.name, coalesce(g.type || ':', ''))
                    THEN memdb.entity_key(split_part(g.name, ':', 1), substr(g.name, strpos(g.name, ':') + 1))
            END AS as_key,
            memdb.name_trigrams(g.name) AS trigrams
        FROM unnest(names, types) WITH ORDINALITY AS g (name, type, number)
    ),
    exact AS MATERIALIZED (
        SELECT
            f.number,
            array_agg(DISTINCT f.id) AS ids
        FROM (
            SELECT
                g.number,
                coalesce(e.merged_into, e.id) AS id,
                rank() OVER (PARTITION BY g.number ORDER BY (e.key = g.as_key) IS TRUE DESC) AS place
            FROM given AS g, LATERAL (
                SELECT
                    n.id,
                    n.merged_into,
                    n.key
                FROM memdb.entities AS n
                WHERE n.org_id = tenant
                    AND n.agent_id = of_agent
                    AND n.key = ANY (ARRAY[g.key, g.as_key])
                    AND n.deleted_at IS NULL
                UNION ALL
                SELECT
                    n.id,
                    n.merged_into,
                    n.key
                FROM memdb.entities AS n
                WHERE n.org_id = tenant
                    AND n.agent_id = of_agent
                    AND n.slug = g.slug
                    AND g.type IS NULL
                    AND n.deleted_at IS NULL
                OFFSET 0
            ) AS e
        ) AS f
        WHERE f.place = 1
        GROUP BY f.number
    ),
    aliased AS MATERIALIZED (
        SELECT DISTINCT ON (g.number)
            g.number,
            coalesce(e.merged_into, e.id) AS id
        FROM given AS g, LATERAL (
            SELECT
                n.entity_id,
                n.key
            FROM memdb.entity_aliases AS n
            WHERE n.org_id = tenant
                AND n.agent_id = of_agent
                AND n.key = ANY (ARRAY[g.as_key, g.key, g.slug])
            OFFSET 0
        ) AS a, LATERAL (
            SELECT
                n.id,
                n.merged_into,
                n.type
            FROM memdb.entities AS n
            WHERE n.org_id = tenant
                AND n.id = a.entity_id
                AND n.deleted_at IS NULL
            LIMIT 1
        ) AS e
        WHERE g.number <> ALL (ARRAY(SELECT x.number FROM exact AS x))
            AND (g.type IS NULL OR a.key <> g.slug OR e.type = g.type)
        ORDER BY g.number, a.key = g.slug
    ),
    unknown AS MATERIALIZED (
        SELECT
            g.number,
            g.type,
            g.trigrams,
            cardinality(g.trigrams) AS size,
            -- A name that lacks all of these shares too little with it. Most names have other trigrams within their words; how they begin is
            -- less telling.
            (
                SELECT string_agg(memdb.query_of(t.trigram)::text, '|')::tsquery
                FROM (
                    SELECT w.trigram FROM unnest(g.trigrams) AS w (trigram)
                    ORDER BY starts_with(w.trigram, ' '), w.trigram
                    LIMIT cardinality(g.trigrams) - greatest(ceil(cardinality(g.trigrams) * lowest), 1) + 1
                ) AS t
            ) AS any_of
        FROM given AS g
        WHERE g.number <> ALL (ARRAY(SELECT x.number FROM exact AS x UNION ALL SELECT a.number FROM aliased AS a))
    ),
    near AS MATERIALIZED (
        SELECT
            u.number,
            u.size AS asked,
            e.*
        FROM unknown AS u, LATERAL (
            SELECT
                n.id,
                n.key,
                n.name,
                n.type,
                n.mentions,
                length(n.trigrams) AS size,
                length(n.trigrams) - length(ts_delete(n.trigrams, u.trigrams)) AS shared
            FROM memdb.entities AS n
            WHERE n.org_id = tenant
                AND n.agent_id = of_agent
                AND n.status = 'active'
                AND n.deleted_at IS NULL
                AND (u.type IS NULL OR n.type = u.type)
                AND length(n.trigrams) BETWEEN u.size * lowest AND u.size / greatest(lowest, 0.001)
                AND n.trigrams @@ u.any_of
            OFFSET 0
        ) AS e
    ),
    compared AS MATERIALIZED (
        SELECT
            n.number,
            n.id,
            n.key,
            n.name,
            n.type,
            n.mentions,
            n.shared::float8 / (n.size + n.asked - n.shared) AS similarity
        FROM near AS n
        WHERE n.shared >= lowest * (n.size + n.asked - n.shared)
    ),
    most_similar AS MATERIALIZED (
        SELECT DISTINCT ON (c.number)
            c.number,
            c.id,
            c.similarity
        FROM compared AS c
        WHERE c.similarity >= threshold
        ORDER BY c.number, c.similarity DESC, c.mentions DESC, c.id
    ),
    offered AS MATERIALIZED (
        SELECT
            o.number,
            jsonb_agg(
                jsonb_build_object('id', o.id, 'key', o.key, 'name', o.name, 'type', o.type, 'similarity', o.similarity) ORDER BY o.place
            ) AS candidates
        FROM (
            SELECT
                c.*,
                row_number() OVER (PARTITION BY c.number ORDER BY c.similarity DESC, c.mentions DESC, c.id) AS place
            FROM (
                SELECT n.* FROM compared AS n
                UNION ALL
                SELECT
                    x.number,
                    e.id,
                    e.key,
                    e.name,
                    e.type,
                    e.mentions,
                    1
                FROM exact AS x, LATERAL (
                    SELECT n.* FROM memdb.entities AS n
                    WHERE n.org_id = tenant
                        AND n.id = ANY (x.ids)
                    OFFSET 0
                ) AS e
                WHERE cardinality(x.ids) > 1
            ) AS c
            WHERE c.number <> ALL (ARRAY(SELECT m.number FROM most_similar AS m))
        ) AS o
        WHERE o.place <= 10
        GROUP BY o.number
    )
    SELECT
        g.number,
        coalesce(CASE cardinality(x.ids) WHEN 1 THEN x.ids[1] END, a.id, m.id),
        CASE WHEN cardinality(x.ids) = 1 THEN 'exact' WHEN a.id IS NOT NULL THEN 'alias' WHEN m.id IS NOT NULL THEN 'fuzzy' END,
        CASE WHEN cardinality(x.ids) = 1 OR a.id IS NOT NULL THEN 1 ELSE m.similarity END,
        coalesce(o.candidates, '[]')
    FROM given AS g
    LEFT JOIN exact AS x ON x.number = g.number
    LEFT JOIN aliased AS a ON a.number = g.number
    LEFT JOIN most_similar AS m ON m.number = g.number
    LEFT JOIN offered AS o ON o.number = g.number
    ORDER BY g.number;
END
$$;

CALL memdb.isolate('memdb.entities');

CALL memdb.isolate('memdb.entity_aliases');

GRANT SELECT, INSERT, UPDATE (
    merged_into, updated_at, deleted_at, first_seen_at, last_seen_at, summarised_at, profiled_at, importance, mentions, version, embedded,
    status, type, key, name, summary, profile, metadata
) ON memdb.entities TO memdb_app;

GRANT SELECT, INSERT, DELETE, UPDATE (entity_id, created_at, alias) ON memdb.entity_aliases TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.entities, memdb.entity_aliases TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0018_entities';
