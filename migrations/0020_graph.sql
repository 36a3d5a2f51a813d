-- depends: 0019_facts
-- The graph: what holds between entities, how strongly, and since when; and merges of entities, which can be undone.

-- The type of an edge as it is stored and compared: "Works at", works-at and WorksAt are works_at.
CREATE FUNCTION memdb.edge_type(type text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(
    regexp_replace(
        lower(regexp_replace(regexp_replace(type, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '([A-Z])([A-Z][a-z])', '\1_\2', 'g') COLLATE "C"),
        '[^a-z0-9]+', '_', 'g'
    ),
    '_'
);

CREATE TABLE memdb.edges (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    source_id uuid NOT NULL,
    target_id uuid NOT NULL,
    -- The fact that shows it: if that is invalidated, so is this.
    fact_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    -- NULL means since created_at.
    valid_from timestamptz,
    valid_until timestamptz,
    invalidated_at timestamptz,
    weight double precision NOT NULL DEFAULT 0.8,
    assertions integer NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1,
    type text NOT NULL,
    provenance text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT edges_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT edges_unique UNIQUE (org_id, source_id, target_id, type),
    CONSTRAINT edges_not_to_itself CHECK (source_id <> target_id),
    CONSTRAINT edges_weight_range CHECK (weight BETWEEN 0 AND 1),
    CONSTRAINT edges_type_form CHECK (type ~ '^[a-z][a-z0-9_]{0,63}$'),
    CONSTRAINT edges_provenance_length CHECK (char_length(provenance) BETWEEN 1 AND 32),
    CONSTRAINT edges_valid_interval CHECK (valid_until > valid_from),
    CONSTRAINT edges_metadata_object CHECK (jsonb_typeof(metadata) = 'object' AND octet_length(metadata::text) <= 8192)
) WITH (fillfactor = 80);

-- Merges of one entity into another: what is needed to undo them.
CREATE TABLE memdb.entity_merges (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    into_id uuid NOT NULL,
    merged_at timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    -- What into_id had before.
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- How many of each came from merged_id.
    mentions integer NOT NULL,
    facts integer NOT NULL DEFAULT 0,
    edges integer NOT NULL DEFAULT 0,
    aliases integer NOT NULL DEFAULT 0,
    merged_by text,
    undone_by text,
    reason text,
    CONSTRAINT entity_merges_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT entity_merges_not_into_itself CHECK (merged_id <> into_id),
    CONSTRAINT entity_merges_reason_length CHECK (char_length(reason) BETWEEN 1 AND 2000)
);

-- What each merge changed, by kind:
--
-- - entity: was merged into the merged one before
-- - fact, equal_fact: was about the merged one; an equal one gave way to `other_id`
-- - confirmed_fact: such a twin
-- - link, shared_link: a fact names the merged one; of a shared one, it named the other, too
-- - alias, added_alias: was a name of the merged one; became one
-- - evidence: an edge whose fact was `other_id`, an equal one
-- - source, target: an edge with the merged one at this end
-- - grown_edge: took in `other_id`, one of the merged one's
-- - set_aside_edge: would have been there twice, or have led to itself
CREATE TABLE memdb.entity_merge_parts (
    org_id uuid NOT NULL,
    merge_id uuid NOT NULL,
    part_id uuid NOT NULL,
    other_id uuid,
    kind text NOT NULL,
    -- Of an alias.
    key text NOT NULL DEFAULT '',
    before jsonb,
    -- What the merge made of it, where it is put back only if it is that still.
    after jsonb,
    CONSTRAINT entity_merge_parts_pkey PRIMARY KEY (org_id, merge_id, kind, part_id, key),
    CONSTRAINT entity_merge_parts_kind_known CHECK (
        kind IN (
            'entity', 'fact', 'equal_fact', 'confirmed_fact', 'link', 'shared_link', 'alias', 'added_alias', 'evidence', 'source', 'target',
            'grown_edge', 'set_aside_edge'
        )
    )
);

-- Statistics to begin with, as in 0003_memories: no organization twice, or the planner takes all others for empty.
INSERT INTO memdb.edges (org_id, id, agent_id, source_id, target_id, fact_id, invalidated_at, weight, type)
SELECT
    md5('organization ' || i)::uuid,
    md5('edge ' || i)::uuid,
    md5('agent ' || i)::uuid,
    md5('entity ' || i)::uuid,
    md5('entity ' || i + 2000)::uuid,
    CASE WHEN i % 2 = 0 THEN md5('fact ' || i % 1000)::uuid END,
    CASE WHEN i % 20 = 0 THEN now() END,
    0.1 + i % 9 / 10.0,
    'type_' || i % 10
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.entity_merges (org_id, id, agent_id, merged_id, into_id, undone_at, first_seen_at, last_seen_at, mentions)
SELECT
    md5('organization ' || i)::uuid,
    md5('merge ' || i)::uuid,
    md5('agent ' || i)::uuid,
    md5('entity ' || i)::uuid,
    md5('entity ' || i + 2000)::uuid,
    CASE WHEN i % 10 = 0 THEN now() END,
    now(),
    now(),
    1
FROM generate_series(0, 1999) AS i;

INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
SELECT
    md5('organization ' || i)::uuid,
    md5('merge ' || i % 200)::uuid,
    md5('fact ' || i)::uuid,
    (ARRAY['fact', 'link', 'source', 'target', 'set_aside_edge'])[1 + i / 400]
FROM generate_series(0, 1999) AS i;

-- Also how pages of an entity go, and how a walk finds what leads from it and to it; edges_unique finds one.
CREATE INDEX edges_from ON memdb.edges (org_id, source_id, id);

CREATE INDEX edges_to ON memdb.edges (org_id, target_id, id);

CREATE INDEX edges_of_fact ON memdb.edges (org_id, fact_id) WHERE fact_id IS NOT NULL;

CREATE INDEX edges_of_agent ON memdb.edges (org_id, agent_id, id);

CREATE INDEX entity_merges_of_agent ON memdb.entity_merges (org_id, agent_id, id);

CREATE INDEX entity_merges_of_merged ON memdb.entity_merges (org_id, merged_id, id);

CREATE INDEX entity_merges_of_target ON memdb.entity_merges (org_id, into_id, id);

ALTER TABLE memdb.edges
    ALTER COLUMN org_id SET (n_distinct = 1),
    ALTER COLUMN agent_id SET (n_distinct = 10),
    ALTER COLUMN source_id SET (n_distinct = -0.05),
    ALTER COLUMN target_id SET (n_distinct = -0.05);

ALTER TABLE memdb.entity_merges ALTER COLUMN org_id SET (n_distinct = 1), ALTER COLUMN agent_id SET (n_distinct = 10);

ALTER TABLE memdb.entity_merge_parts ALTER COLUMN org_id SET (n_distinct = 1);

ANALYZE memdb.edges, memdb.entity_merges, memdb.entity_merge_parts;

ALTER TABLE memdb.edges
    ALTER COLUMN org_id RESET (n_distinct),
    ALTER COLUMN agent_id RESET (n_distinct),
    ALTER COLUMN source_id RESET (n_distinct),
    ALTER COLUMN target_id RESET (n_distinct);

ALTER TABLE memdb.entity_merges ALTER COLUMN org_id RESET (n_distinct), ALTER COLUMN agent_id RESET (n_distinct);

ALTER TABLE memdb.entity_merge_parts ALTER COLUMN org_id RESET (n_distinct);

TRUNCATE memdb.edges, memdb.entity_merges, memdb.entity_merge_parts;

-- Which organization an agent is of, as for memories.
CREATE STATISTICS memdb.edges_agent_of_organization (dependencies) ON org_id, agent_id FROM memdb.edges;

ALTER TABLE memdb.edges
    ADD CONSTRAINT edges_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT edges_source_exists FOREIGN KEY (org_id, source_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT edges_target_exists FOREIGN KEY (org_id, target_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT edges_fact_exists FOREIGN KEY (org_id, fact_id) REFERENCES memdb.facts (org_id, id) ON DELETE SET NULL (fact_id);

ALTER TABLE memdb.entity_merges
    ADD CONSTRAINT entity_merges_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    ADD CONSTRAINT entity_merges_merged_exists FOREIGN KEY (org_id, merged_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT entity_merges_target_exists FOREIGN KEY (org_id, into_id) REFERENCES memdb.entities (org_id, id) ON DELETE CASCADE;

ALTER TABLE memdb.entity_merge_parts
    ADD CONSTRAINT entity_merge_parts_merge_exists
    FOREIGN KEY (org_id, merge_id) REFERENCES memdb.entity_merges (org_id, id) ON DELETE CASCADE;

-- Whether an edge is active and valid at a time.
CREATE FUNCTION memdb.edge_holds(edge memdb.edges, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN coalesce(edge.valid_from, edge.created_at) <= at
    AND coalesce(edge.valid_until > at, true)
    AND coalesce(edge.invalidated_at > at, true);

-- What something is worth that an edge of this weight leads to, `hop` edges away: less with its age and with the edge's (in days; what is to
-- come counts as none), more where its entity is asked for by name.
CREATE FUNCTION memdb.graph_score(
    weight double precision, age double precision, edge_age double precision, is_named boolean, hop integer
) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN weight
    * greatest(0.1::float8, 1 / (1 + greatest(age, 0) / 30))
    * greatest(0.2::float8, 1 / (1 + greatest(edge_age, 0) / 90))
    * CASE WHEN is_named THEN 1.5::float8 ELSE 1 END
    / hop;

-- The live entities that stand for some (for a merged one that which it was merged into), kept from being merged until the transaction ends. What
-- is not there is left out. A merge may come in while a lock is waited for; each statement here sees what was committed by then.
CREATE FUNCTION memdb.keep_entities(tenant uuid, given uuid[]) RETURNS TABLE (given_id uuid, id uuid, agent_id uuid)
LANGUAGE plpgsql ROWS 1000
AS $$
DECLARE
    wanted uuid[];
    kept uuid[] := '{}';
BEGIN
    LOOP
        wanted := ARRAY(
            SELECT DISTINCT coalesce(e.merged_into, e.id) FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = ANY (given)
        );
        EXIT WHEN wanted <@ kept;
        PERFORM FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = ANY (wanted) ORDER BY e.id FOR KEY SHARE;
        kept := kept || wanted;
    END LOOP;
    RETURN QUERY
    SELECT
        g.id,
        e.id,
        e.agent_id
    FROM memdb.entities AS g
    JOIN memdb.entities AS e ON e.org_id = tenant AND e.id = coalesce(g.merged_into, g.id)
    WHERE g.org_id = tenant
        AND g.id = ANY (given)
        AND g.deleted_at IS NULL
        AND e.deleted_at IS NULL;
END
$$;

-- The entities that edges lead to from some, each at its smallest number of edges (`hop`), by the strongest edge that leads there from the hop
-- before, which was last used or changed at `edge_at`; `path` has the entities on the way, with commas between them. Hop by hop: what was
-- reached last is the frontier of the next step, and what was seen is not entered again, whatever cycles there are. Of each hop the `breadth`
-- with the strongest edges are gone on from.
CREATE FUNCTION memdb.neighbourhood(
    tenant uuid,
    seeds uuid[],
    depth integer,
    direction text,
    wanted_types text[],
    min_weight double precision,
    min_far_weight double precision,
    at timestamptz,
    breadth integer
) RETURNS TABLE (hop integer, entity_id uuid, edge_id uuid, weight double precision, edge_at timestamptz, path text)
LANGUAGE sql STABLE ROWS 500
AS $$
WITH RECURSIVE start AS MATERIALIZED (
    SELECT ARRAY(
        SELECT DISTINCT coalesce(g.merged_into, g.id) FROM memdb.entities AS g WHERE g.org_id = tenant AND g.id = ANY (seeds)
    ) AS ids
),
walk AS (
    SELECT
        0 AS hop,
        s.ids AS frontier,
        s.ids::text[] AS paths,
        NULL::uuid[] AS edge_ids,
        NULL::float8[] AS weights,
        NULL::timestamptz[] AS edge_times,
        s.ids AS seen
    FROM start AS s
    UNION ALL
    SELECT
        w.hop + 1,
        step.ids,
        step.paths,
        step.edge_ids,
        step.weights,
        step.edge_times,
        w.seen || step.reached
    FROM walk AS w
    CROSS JOIN LATERAL (
        SELECT
            array_agg(r.id) FILTER (WHERE r.place <= breadth) AS ids,
            array_agg(w.paths[r.number] || ',' || r.id) FILTER (WHERE r.place <= breadth) AS paths,
            array_agg(r.edge_id) FILTER (WHERE r.place <= breadth) AS edge_ids,
            array_agg(r.weight) FILTER (WHERE r.place <= breadth) AS weights,
            array_agg(r.edge_at) FILTER (WHERE r.place <= breadth) AS edge_times,
            array_agg(r.id) AS reached
        FROM (
            SELECT
                way.*,
                row_number() OVER (ORDER BY way.weight DESC, way.id) AS place
            FROM (
                SELECT DISTINCT ON (e.id)
                    e.id,
                    e.number,
                    e.edge_id,
                    e.weight,
                    e.edge_at
                FROM (
                    SELECT
                        o.target_id AS id,
                        f.number,
                        o.id AS edge_id,
                        o.weight,
                        greatest(o.used_at, o.updated_at) AS edge_at,
                        o.type
                    FROM unnest(w.frontier) WITH ORDINALITY AS f (id, number)
                    JOIN memdb.edges AS o ON o.org_id = tenant AND o.source_id = f.id
                    WHERE direction IN ('out', 'both')
                        AND memdb.edge_holds(o, at)
                    UNION ALL
                    SELECT
                        i.source_id,
                        f.number,
                        i.id,
                        i.weight,
                        greatest(i.used_at, i.updated_at),
                        i.type
                    FROM unnest(w.frontier) WITH ORDINALITY AS f (id, number)
                    JOIN memdb.edges AS i ON i.org_id = tenant AND i.target_id = f.id
                    WHERE direction IN ('in', 'both')
                        AND memdb.edge_holds(i, at)
                ) AS e
                WHERE (wanted_types IS NULL OR e.type = ANY (ARRAY(SELECT memdb.edge_type(t.type) FROM unnest(wanted_types) AS t (type))))
                    AND e.weight >= CASE WHEN w.hop = 0 THEN min_weight ELSE greatest(min_weight, min_far_weight) END
                    AND NOT EXISTS (SELECT FROM unnest(w.seen) AS s (id) WHERE s.id = e.id)
                ORDER BY e.id, e.weight DESC, e.edge_id
            ) AS way
        ) AS r
    ) AS step
    WHERE w.hop < depth
        AND step.ids IS NOT NULL
)
SELECT
    walk.hop,
    n.entity_id,
    n.edge_id,
    n.weight,
    n.edge_at,
    n.path
FROM walk
CROSS JOIN LATERAL unnest(walk.frontier, walk.edge_ids, walk.weights, walk.edge_times, walk.paths)
AS n (entity_id, edge_id, weight, edge_at, path)
WHERE walk.hop > 0
$$;

-- Merges an entity into another of its agent: its names, facts, links and edges become the other's, which is seen as often as both. Every row
-- that this changes is written down. One that is merged into the other already stays as it is, and that merge is returned. No row means that
-- one of them is not there. Merges of one agent's entities go one after the other, and both are locked before anything else is read.
CREATE FUNCTION memdb.merge_entities(tenant uuid, merged uuid, target uuid, why text, actor text) RETURNS SETOF memdb.entity_merges
LANGUAGE plpgsql
AS $$
DECLARE
    gone memdb.entities;
    kept memdb.entities;
    made memdb.entity_merges;
    moment timestamptz;
BEGIN
    PERFORM memdb.must(merged <> target, 'into_id', 'must be another entity');
    PERFORM
    FROM memdb.agents AS a
    WHERE a.org_id = tenant
        AND a.id = (SELECT e.agent_id FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = merged)
    FOR NO KEY UPDATE;
    PERFORM
    FROM memdb.entities AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[merged, target])
                UNION ALL
                SELECT c.id FROM memdb.entities AS c WHERE c.org_id = tenant AND c.merged_into = merged
            )
        )
    ORDER BY e.id
    FOR UPDATE;
    moment := clock_timestamp();
    SELECT e.* INTO gone FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = merged AND e.deleted_at IS NULL;
    SELECT e.* INTO kept FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = target AND e.deleted_at IS NULL;
    IF gone.id IS NULL OR kept.id IS NULL THEN
        RETURN;
    END IF;
    PERFORM FROM memdb.writers AS w WHERE w.org_id = tenant AND w.id = gone.agent_id AND memdb.takes_writes(w, gone.agent_id);
    PERFORM
        memdb.must(gone.agent_id = kept.agent_id, 'into_id', 'must be an entity of the same agent'),
        memdb.must(kept.status = 'active', 'into_id', 'must be an active entity, not one that is merged');
    IF gone.merged_into = target THEN
        RETURN QUERY
        SELECT m.*
        FROM memdb.entity_merges AS m
        WHERE m.org_id = tenant
            AND m.merged_id = merged
            AND m.undone_at IS NULL
        ORDER BY m.id DESC
        LIMIT 1;
        RETURN;
    ELSIF gone.status = 'merged' THEN
        RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = 'merged|merged';
    END IF;

    INSERT INTO memdb.entity_merges AS m (
        org_id, agent_id, merged_id, into_id, merged_at, first_seen_at, last_seen_at, mentions, merged_by, reason
    )
    VALUES (tenant, gone.agent_id, merged, target, moment, kept.first_seen_at, kept.last_seen_at, gone.mentions, actor, why)
    RETURNING m.* INTO STRICT made;

    WITH moved AS (
        UPDATE memdb.entities AS e
        SET merged_into = target
        WHERE e.org_id = tenant
            AND e.merged_into = merged
        RETURNING e.id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, m.id, 'entity' FROM moved AS m;
    UPDATE memdb.entities AS e
    SET
        status = 'merged',
        merged_into = target,
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = merged;
    UPDATE memdb.entities AS e
    SET
        first_seen_at = least(e.first_seen_at, gone.first_seen_at),
        last_seen_at = greatest(e.last_seen_at, gone.last_seen_at),
        mentions = least(e.mentions::bigint + gone.mentions, 2147483647),
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = target;

    WITH moved AS (
        UPDATE memdb.entity_aliases AS a
        SET entity_id = target
        WHERE a.org_id = tenant
            AND a.entity_id = merged
        RETURNING a.key
    ),
    added AS (
        INSERT INTO memdb.entity_aliases AS a (org_id, agent_id, entity_id, key, alias)
        SELECT tenant, gone.agent_id, target, name.key, gone.name
        FROM (SELECT gone.key UNION SELECT memdb.entity_slug(gone.name)) AS name (key)
        ORDER BY name.key
        -- The first to take a name keeps it.
        ON CONFLICT ON CONSTRAINT entity_aliases_pkey DO NOTHING
        RETURNING a.key
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind, key)
    SELECT tenant, made.id, merged, 'alias', m.key FROM moved AS m
    UNION ALL
    SELECT tenant, made.id, merged, 'added_alias', a.key FROM added AS a;

    -- A fact that the other one has, too, for as long at least, gives way to that and confirms it.
    PERFORM
    FROM memdb.facts AS f
    WHERE f.org_id = tenant
        AND f.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[n.id, o.id])
                FROM memdb.facts AS n
                JOIN memdb.facts AS o
                    ON o.org_id = tenant AND o.entity_id = target AND o.attribute IS NOT DISTINCT FROM n.attribute AND o.same_key = n.same_key
                WHERE n.org_id = tenant
                    AND n.entity_id = merged
            )
        )
    ORDER BY f.id
    FOR NO KEY UPDATE;
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, other_id, kind, before)
    SELECT DISTINCT ON (f.id)
        tenant, made.id, f.id, o.id, 'equal_fact', jsonb_build_object('valid_until', f.valid_until)
    FROM memdb.facts AS f
    JOIN memdb.facts AS o
        ON o.org_id = tenant AND o.entity_id = target AND o.attribute IS NOT DISTINCT FROM f.attribute AND o.same_key = f.same_key
    WHERE f.org_id = tenant
        AND f.entity_id = merged
        AND f.status = 'active'
        AND f.deleted_at IS NULL
        AND o.status = 'active'
        AND o.deleted_at IS NULL
        AND coalesce(o.valid_until >= f.valid_until, o.valid_until IS NULL)
        AND coalesce(o.valid_from < f.valid_until, true)
    ORDER BY f.id, o.valid_until IS NOT DISTINCT FROM f.valid_until DESC, o.id;
    WITH twins AS MATERIALIZED (
        SELECT
            o.id,
            o.confidence,
            o.confirmations,
            o.confirmed_at,
            o.expires_at,
            max(f.confidence) AS surest,
            CASE WHEN o.expires_at IS NOT NULL AND bool_and(f.expires_at IS NOT NULL) THEN greatest(o.expires_at, max(f.expires_at)) END AS expiry,
            count(*)::int AS times
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.facts AS f ON f.org_id = tenant AND f.id = p.part_id
        JOIN memdb.facts AS o ON o.org_id = tenant AND o.id = p.other_id
        WHERE p.org_id = tenant
            AND p.merge_id = made.id
            AND p.kind = 'equal_fact'
        GROUP BY o.org_id, o.id
    ),
    confirmed AS (
        UPDATE memdb.facts AS o
        SET
            confidence = greatest(o.confidence, t.surest),
            confirmations = o.confirmations + t.times,
            confirmed_at = moment,
            expires_at = t.expiry,
            updated_at = greatest(o.updated_at, moment),
            version = o.version + 1
        FROM twins AS t
        WHERE o.org_id = tenant
            AND o.id = t.id
        RETURNING o.id, o.confidence, o.confirmations, o.confirmed_at, o.expires_at
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind, before, after)
    SELECT
        tenant, made.id, t.id, 'confirmed_fact',
        jsonb_build_object(
            'confidence', t.confidence, 'confirmations', t.confirmations, 'confirmed_at', t.confirmed_at, 'expires_at', t.expires_at
        ),
        to_jsonb(c) - 'id'
    FROM twins AS t
    JOIN confirmed AS c ON c.id = t.id;
    UPDATE memdb.facts AS f
    SET
        entity_id = target,
        status = 'superseded',
        superseded_by = o.id,
        invalidated_at = moment,
        held_until = f.valid_until,
        valid_until = greatest(f.valid_from, least(f.valid_until, o.valid_from)),
        updated_at = greatest(f.updated_at, moment),
        version = f.version + 1
    FROM memdb.entity_merge_parts AS p
    JOIN memdb.facts AS o ON o.org_id = tenant AND o.id = p.other_id
    WHERE p.org_id = tenant
        AND p.merge_id = made.id
        AND p.kind = 'equal_fact'
        AND f.org_id = tenant
        AND f.id = p.part_id;
    WITH moved AS (
        UPDATE memdb.facts AS f
        SET
            entity_id = target,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        WHERE f.org_id = tenant
            AND f.entity_id = merged
        RETURNING f.id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, m.id, 'fact' FROM moved AS m;
    WITH gone_links AS (
        DELETE FROM memdb.fact_entities AS l
        WHERE l.org_id = tenant
            AND l.entity_id = merged
        RETURNING l.fact_id
    ),
    added AS (
        INSERT INTO memdb.fact_entities AS l (org_id, fact_id, entity_id)
        SELECT tenant, g.fact_id, target FROM gone_links AS g
        ON CONFLICT ON CONSTRAINT fact_entities_pkey DO NOTHING
        RETURNING l.fact_id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, g.fact_id, CASE WHEN a.fact_id IS NULL THEN 'shared_link' ELSE 'link' END
    FROM gone_links AS g
    LEFT JOIN added AS a ON a.fact_id = g.fact_id;

    WITH shown AS (
        UPDATE memdb.edges AS e
        SET
            fact_id = p.other_id,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = made.id
            AND p.kind = 'equal_fact'
            AND e.org_id = tenant
            AND e.fact_id = p.part_id
        RETURNING e.id, p.part_id AS fact_id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, other_id, kind)
    SELECT tenant, made.id, s.id, s.fact_id, 'evidence' FROM shown AS s;
    -- An edge that the other one has, too, takes in what this one has, if that is active; this one stays, set aside.
    PERFORM
    FROM memdb.edges AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[n.id, o.id])
                FROM memdb.edges AS n
                LEFT JOIN memdb.edges AS o
                    ON o.org_id = tenant
                    AND o.source_id = CASE WHEN n.source_id = merged THEN target ELSE n.source_id END
                    AND o.target_id = CASE WHEN n.target_id = merged THEN target ELSE n.target_id END
                    AND o.type = n.type
                WHERE n.org_id = tenant
                    AND (n.source_id = merged OR n.target_id = merged)
            )
        )
    ORDER BY e.source_id, e.target_id, e.type
    FOR NO KEY UPDATE;
    WITH pairs AS MATERIALIZED (
        SELECT
            o.id,
            e.id AS from_id,
            jsonb_build_object(
                'weight', o.weight, 'assertions', o.assertions, 'valid_from', o.valid_from, 'valid_until', o.valid_until,
                'invalidated_at', o.invalidated_at, 'used_at', o.used_at, 'fact_id', o.fact_id
            ) AS before
        FROM memdb.edges AS e
        JOIN memdb.edges AS o
            ON o.org_id = tenant
            AND o.source_id = CASE WHEN e.source_id = merged THEN target ELSE e.source_id END
            AND o.target_id = CASE WHEN e.target_id = merged THEN target ELSE e.target_id END
            AND o.type = e.type
        WHERE e.org_id = tenant
            AND (e.source_id = merged OR e.target_id = merged)
            AND e.invalidated_at IS NULL
    ),
    grown AS (
        UPDATE memdb.edges AS o
        SET
            weight = CASE WHEN o.invalidated_at IS NULL THEN greatest(o.weight, e.weight) ELSE e.weight END,
            assertions = least(o.assertions::bigint + e.assertions, 2147483647),
            valid_from = CASE
                WHEN o.invalidated_at IS NULL THEN least(coalesce(o.valid_from, o.created_at), coalesce(e.valid_from, e.created_at))
                ELSE coalesce(e.valid_from, e.created_at)
            END,
            valid_until = CASE
                WHEN o.invalidated_at IS NOT NULL THEN e.valid_until
                WHEN o.valid_until IS NOT NULL AND e.valid_until IS NOT NULL THEN greatest(o.valid_until, e.valid_until)
            END,
            invalidated_at = NULL,
            used_at = greatest(o.used_at, e.used_at),
            fact_id = CASE WHEN o.invalidated_at IS NULL THEN coalesce(o.fact_id, e.fact_id) ELSE coalesce(e.fact_id, o.fact_id) END,
            updated_at = greatest(o.updated_at, moment),
            version = o.version + 1
        FROM pairs AS p
        JOIN memdb.edges AS e ON e.org_id = tenant AND e.id = p.from_id
        WHERE o.org_id = tenant
            AND o.id = p.id
        RETURNING o.id, o.weight, o.assertions, o.valid_from, o.valid_until, o.invalidated_at, o.used_at, o.fact_id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, other_id, kind, before, after)
    SELECT tenant, made.id, g.id, p.from_id, 'grown_edge', p.before, to_jsonb(g) - 'id'
    FROM pairs AS p
    JOIN grown AS g ON g.id = p.id;
    WITH set_aside AS (
        UPDATE memdb.edges AS e
        SET
            invalidated_at = moment,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        WHERE e.org_id = tenant
            AND (e.source_id = merged OR e.target_id = merged)
            AND e.invalidated_at IS NULL
            AND (
                target IN (e.source_id, e.target_id)
                OR e.id = ANY (
                    ARRAY(
                        SELECT p.other_id
                        FROM memdb.entity_merge_parts AS p
                        WHERE p.org_id = tenant
                            AND p.merge_id = made.id
                            AND p.kind = 'grown_edge'
                    )
                )
            )
        RETURNING e.id
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, s.id, 'set_aside_edge' FROM set_aside AS s;
    WITH moved AS (
        UPDATE memdb.edges AS e
        SET
            source_id = CASE WHEN e.source_id = merged THEN target ELSE e.source_id END,
            target_id = CASE WHEN e.target_id = merged THEN target ELSE e.target_id END,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        WHERE e.org_id = tenant
            AND (e.source_id = merged OR e.target_id = merged)
            AND target NOT IN (e.source_id, e.target_id)
            AND NOT EXISTS (
                SELECT FROM memdb.edges AS o
                WHERE o.org_id = tenant
                    AND o.source_id = CASE WHEN e.source_id = merged THEN target ELSE e.source_id END
                    AND o.target_id = CASE WHEN e.target_id = merged THEN target ELSE e.target_id END
                    AND o.type = e.type
            )
        RETURNING e.id, CASE WHEN e.source_id = target THEN 'source' ELSE 'target' END AS kind
    )
    INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
    SELECT tenant, made.id, m.id, m.kind FROM moved AS m;

    RETURN QUERY
    UPDATE memdb.entity_merges AS m
    SET
        facts = counted.facts,
        edges = counted.edges,
        aliases = counted.aliases
    FROM (
        SELECT
            count(*) FILTER (WHERE p.kind IN ('fact', 'equal_fact'))::int AS facts,
            count(*) FILTER (WHERE p.kind IN ('source', 'target', 'set_aside_edge'))::int AS edges,
            count(*) FILTER (WHERE p.kind IN ('alias', 'added_alias'))::int AS aliases
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = made.id
    ) AS counted
    WHERE m.org_id = tenant
        AND m.id = made.id
    RETURNING m.*;
END
$$;

-- Undoes a merge: puts each row back that is still as the merge left it, and says which are not. No row means that there is no such merge.
-- What came to the other entity later stays with it.
CREATE FUNCTION memdb.undo_entity_merge(tenant uuid, merge uuid, actor text) RETURNS TABLE (undone memdb.entity_merges, left_over jsonb)
LANGUAGE plpgsql
AS $$
DECLARE
    made memdb.entity_merges;
    gone memdb.entities;
    kept memdb.entities;
    moment timestamptz;
    done text[] := '{}';
    others uuid[];
BEGIN
    PERFORM
    FROM memdb.agents AS a
    WHERE a.org_id = tenant
        AND a.id = (SELECT m.agent_id FROM memdb.entity_merges AS m WHERE m.org_id = tenant AND m.id = merge)
    FOR NO KEY UPDATE;
    PERFORM
    FROM memdb.entities AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (
            ARRAY(
                SELECT unnest(ARRAY[m.merged_id, m.into_id]) FROM memdb.entity_merges AS m WHERE m.org_id = tenant AND m.id = merge
                UNION ALL
                SELECT p.part_id FROM memdb.entity_merge_parts AS p WHERE p.org_id = tenant AND p.merge_id = merge AND p.kind = 'entity'
            )
        )
    ORDER BY e.id
    FOR UPDATE;
    moment := clock_timestamp();
    SELECT m.* INTO made FROM memdb.entity_merges AS m WHERE m.org_id = tenant AND m.id = merge;
    IF made.id IS NULL THEN
        RETURN;
    END IF;
    SELECT e.* INTO STRICT gone FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = made.merged_id;
    SELECT e.* INTO STRICT kept FROM memdb.entities AS e WHERE e.org_id = tenant AND e.id = made.into_id;
    PERFORM FROM memdb.writers AS w WHERE w.org_id = tenant AND w.id = made.agent_id AND memdb.takes_writes(w, made.agent_id);
    IF made.undone_at IS NOT NULL THEN
        RAISE EXCEPTION 'no such transition' USING ERRCODE = 'MV003', DETAIL = 'undone|undone';
    END IF;
    PERFORM
        memdb.must(gone.deleted_at IS NULL, 'merge_id', 'must be the merge of an entity that is not deleted'),
        memdb.must(kept.status = 'active', 'merge_id', 'must be the merge into an entity that was not merged itself: undo that merge first');
    others := ARRAY(
        SELECT m.id
        FROM memdb.entity_merges AS m
        WHERE m.org_id = tenant
            AND m.into_id = kept.id
            AND m.id <> merge
            AND m.undone_at IS NULL
    );

    UPDATE memdb.entities AS e
    SET
        status = 'active',
        merged_into = NULL,
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = gone.id;
    UPDATE memdb.entities AS e
    SET
        first_seen_at = CASE WHEN e.first_seen_at = gone.first_seen_at THEN made.first_seen_at ELSE e.first_seen_at END,
        last_seen_at = CASE WHEN e.last_seen_at = gone.last_seen_at THEN made.last_seen_at ELSE e.last_seen_at END,
        mentions = greatest(e.mentions - made.mentions, 1),
        updated_at = greatest(e.updated_at, moment),
        version = e.version + 1
    WHERE e.org_id = tenant
        AND e.id = kept.id;
    WITH back AS (
        UPDATE memdb.entities AS e
        SET merged_into = gone.id
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'entity'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.merged_into = kept.id
        RETURNING e.id
    )
    SELECT done || array_agg('entity ' || b.id) INTO done FROM back AS b;

    WITH back AS (
        UPDATE memdb.entity_aliases AS a
        SET entity_id = gone.id
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'alias'
            AND a.org_id = tenant
            AND a.agent_id = made.agent_id
            AND a.key = p.key
            AND a.entity_id = kept.id
        RETURNING a.key
    ),
    removed AS (
        DELETE FROM memdb.entity_aliases AS a
        USING memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'added_alias'
            AND a.org_id = tenant
            AND a.agent_id = made.agent_id
            AND a.key = p.key
            AND a.entity_id = kept.id
        RETURNING a.key
    )
    SELECT done || array_agg('alias ' || d.key) INTO done FROM (SELECT b.key FROM back AS b UNION ALL SELECT r.key FROM removed AS r) AS d;

    WITH back AS (
        UPDATE memdb.facts AS f
        SET
            entity_id = gone.id,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'fact'
            AND f.org_id = tenant
            AND f.id = p.part_id
            AND f.entity_id = kept.id
            -- Another merge that stands has made it speak for another one, too.
            AND NOT EXISTS (
                SELECT FROM memdb.entity_merge_parts AS x
                WHERE x.org_id = tenant
                    AND x.merge_id = ANY (others)
                    AND x.kind = 'confirmed_fact'
                    AND x.part_id = f.id
            )
        RETURNING f.id
    )
    SELECT done || array_agg('fact ' || b.id) INTO done FROM back AS b;
    -- Active again, unless something else says the same by now.
    WITH back AS (
        UPDATE memdb.facts AS f
        SET
            entity_id = gone.id,
            status = 'active',
            superseded_by = NULL,
            invalidated_at = NULL,
            held_until = NULL,
            valid_until = (p.before ->> 'valid_until')::timestamptz,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'equal_fact'
            AND f.org_id = tenant
            AND f.id = p.part_id
            AND f.entity_id = kept.id
            AND f.superseded_by = p.other_id
            AND f.invalidated_at = made.merged_at
            AND f.deleted_at IS NULL
            AND NOT EXISTS (
                SELECT FROM memdb.facts AS o
                WHERE o.org_id = tenant
                    AND o.entity_id = gone.id
                    AND o.attribute IS NOT DISTINCT FROM f.attribute
                    AND o.same_key = f.same_key
                    AND o.status = 'active'
                    AND o.deleted_at IS NULL
            )
        RETURNING f.id
    )
    SELECT done || array_agg('equal_fact ' || b.id) INTO done FROM back AS b;
    UPDATE memdb.facts AS f
    SET
        entity_id = gone.id,
        updated_at = greatest(f.updated_at, moment),
        version = f.version + 1
    FROM memdb.entity_merge_parts AS p
    WHERE p.org_id = tenant
        AND p.merge_id = merge
        AND p.kind = 'equal_fact'
        AND f.org_id = tenant
        AND f.id = p.part_id
        AND f.entity_id = kept.id
        AND f.status <> 'active';
    WITH back AS (
        UPDATE memdb.facts AS f
        SET
            confidence = (p.before ->> 'confidence')::float8,
            confirmations = (p.before ->> 'confirmations')::int,
            confirmed_at = (p.before ->> 'confirmed_at')::timestamptz,
            expires_at = (p.before ->> 'expires_at')::timestamptz,
            updated_at = greatest(f.updated_at, moment),
            version = f.version + 1
        FROM memdb.entity_merge_parts AS p, jsonb_populate_record(NULL::memdb.facts, p.after) AS made_of
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'confirmed_fact'
            AND f.org_id = tenant
            AND f.id = p.part_id
            AND (f.confidence, f.confirmations, f.confirmed_at, f.expires_at)
            IS NOT DISTINCT FROM (made_of.confidence, made_of.confirmations, made_of.confirmed_at, made_of.expires_at)
        RETURNING f.id
    )
    SELECT done || array_agg('confirmed_fact ' || b.id) INTO done FROM back AS b;
    WITH removed AS (
        DELETE FROM memdb.fact_entities AS l
        USING memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'link'
            AND l.org_id = tenant
            AND l.fact_id = p.part_id
            AND l.entity_id = kept.id
        RETURNING l.fact_id
    ),
    back AS (
        INSERT INTO memdb.fact_entities AS l (org_id, fact_id, entity_id)
        SELECT tenant, r.fact_id, gone.id FROM removed AS r
        UNION ALL
        SELECT tenant, n.fact_id, gone.id
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.fact_entities AS n ON n.org_id = tenant AND n.fact_id = p.part_id AND n.entity_id = kept.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'shared_link'
        ON CONFLICT ON CONSTRAINT fact_entities_pkey DO NOTHING
        RETURNING l.fact_id
    )
    SELECT done || array_agg('link ' || b.fact_id) INTO done FROM back AS b;

    PERFORM
    FROM memdb.edges AS e
    WHERE e.org_id = tenant
        AND e.id = ANY (ARRAY(SELECT p.part_id FROM memdb.entity_merge_parts AS p WHERE p.org_id = tenant AND p.merge_id = merge))
    ORDER BY e.source_id, e.target_id, e.type
    FOR NO KEY UPDATE;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            source_id = CASE WHEN p.kind = 'source' THEN gone.id ELSE e.source_id END,
            target_id = CASE WHEN p.kind = 'target' THEN gone.id ELSE e.target_id END,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind IN ('source', 'target')
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND CASE WHEN p.kind = 'source' THEN e.source_id ELSE e.target_id END = kept.id
            AND NOT EXISTS (
                SELECT FROM memdb.entity_merge_parts AS x
                WHERE x.org_id = tenant
                    AND x.merge_id = ANY (others)
                    AND x.kind = 'grown_edge'
                    AND x.part_id = e.id
            )
            AND NOT EXISTS (
                SELECT FROM memdb.edges AS o
                WHERE o.org_id = tenant
                    AND o.source_id = CASE WHEN p.kind = 'source' THEN gone.id ELSE e.source_id END
                    AND o.target_id = CASE WHEN p.kind = 'target' THEN gone.id ELSE e.target_id END
                    AND o.type = e.type
            )
        RETURNING e.id
    )
    SELECT done || array_agg('end ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            weight = was.weight,
            assertions = was.assertions,
            valid_from = was.valid_from,
            valid_until = was.valid_until,
            invalidated_at = was.invalidated_at,
            used_at = was.used_at,
            -- It may have been removed meanwhile.
            fact_id = (SELECT f.id FROM memdb.facts AS f WHERE f.org_id = tenant AND f.id = was.fact_id),
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM
            memdb.entity_merge_parts AS p,
            jsonb_populate_record(NULL::memdb.edges, p.before) AS was,
            jsonb_populate_record(NULL::memdb.edges, p.after) AS made_of
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'grown_edge'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND (e.weight, e.assertions, e.valid_from, e.valid_until, e.invalidated_at, e.used_at, e.fact_id)
            IS NOT DISTINCT FROM (
                made_of.weight, made_of.assertions, made_of.valid_from, made_of.valid_until, made_of.invalidated_at, made_of.used_at,
                made_of.fact_id
            )
        RETURNING e.id
    )
    SELECT done || array_agg('grown_edge ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            invalidated_at = NULL,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'set_aside_edge'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.invalidated_at = made.merged_at
        RETURNING e.id
    )
    SELECT done || array_agg('set_aside_edge ' || b.id) INTO done FROM back AS b;
    WITH back AS (
        UPDATE memdb.edges AS e
        SET
            fact_id = f.id,
            updated_at = greatest(e.updated_at, moment),
            version = e.version + 1
        FROM memdb.entity_merge_parts AS p
        JOIN memdb.facts AS f ON f.org_id = tenant AND f.id = p.other_id
        JOIN memdb.entity_merge_parts AS q ON q.org_id = tenant AND q.merge_id = merge AND q.kind = 'equal_fact' AND q.part_id = f.id
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND p.kind = 'evidence'
            AND e.org_id = tenant
            AND e.id = p.part_id
            AND e.fact_id = q.other_id
        RETURNING e.id
    )
    SELECT done || array_agg('evidence ' || b.id) INTO done FROM back AS b;

    UPDATE memdb.entity_merges AS m
    SET
        undone_at = moment,
        undone_by = actor
    WHERE m.org_id = tenant
        AND m.id = merge
    RETURNING m.* INTO STRICT undone;
    left_over := (
        SELECT
            coalesce(
                jsonb_agg(jsonb_build_object('kind', p.kind, 'id', p.part_id, 'key', nullif(p.key, '')) ORDER BY p.kind, p.part_id, p.key),
                '[]'
            )
        FROM memdb.entity_merge_parts AS p
        WHERE p.org_id = tenant
            AND p.merge_id = merge
            AND NOT EXISTS (
                SELECT FROM unnest(done) AS d (part)
                WHERE d.part = CASE p.kind
                    WHEN 'alias' THEN 'alias ' || p.key
                    WHEN 'added_alias' THEN 'alias ' || p.key
                    WHEN 'shared_link' THEN 'link ' || p.part_id
                    WHEN 'source' THEN 'end ' || p.part_id
                    WHEN 'target' THEN 'end ' || p.part_id
                    ELSE p.kind || ' ' || p.part_id
                END
            )
    );
    RETURN NEXT;
END
$$;

CALL memdb.isolate('memdb.edges');

CALL memdb.isolate('memdb.entity_merges');

CALL memdb.isolate('memdb.entity_merge_parts');

GRANT SELECT, INSERT, UPDATE (
    source_id, target_id, fact_id, updated_at, used_at, valid_from, valid_until, invalidated_at, weight, assertions, version, provenance, metadata
) ON memdb.edges TO memdb_app;

GRANT SELECT, INSERT, UPDATE (undone_at, facts, edges, aliases, undone_by) ON memdb.entity_merges TO memdb_app;

GRANT SELECT, INSERT ON memdb.entity_merge_parts TO memdb_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON memdb.edges, memdb.entity_merges, memdb.entity_merge_parts TO memdb_admin;

COMMENT ON SCHEMA memdb IS 'memdb 0020_graph';
