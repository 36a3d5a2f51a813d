-- Inserts edges, or strengthens and revives existing ones, once for each time that an edge is given. Each field is a list in the order of
-- the edges. A merged entity stands for the one that it was merged into. No rows mean that an entity or a fact does not exist.
WITH kept AS MATERIALIZED (
    SELECT
        k.given_id,
        k.id,
        k.agent_id
    FROM memdb.keep_entities(:org_id::memdb.tenant, :source_id::uuid[] || :target_id::uuid[]) AS k
),
evidence AS MATERIALIZED (
    SELECT
        f.id,
        f.agent_id
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id
        AND f.id = ANY (:fact_id::uuid[])
        AND f.deleted_at IS NULL
),
given AS MATERIALIZED (
    SELECT
        g.number,
        s.agent_id,
        s.id AS source_id,
        t.id AS target_id,
        memdb.edge_type(g.type) AS type,
        g.weight,
        g.fact_id,
        g.valid_from,
        g.valid_until,
        g.provenance,
        g.metadata
    FROM unnest(
        :source_id, :target_id, :type::text[], :weight::float8[], :fact_id, :valid_from::timestamptz[], :valid_until::timestamptz[],
        :provenance::text[], :metadata::jsonb[]
    ) WITH ORDINALITY AS g (source_id, target_id, type, weight, fact_id, valid_from, valid_until, provenance, metadata, number)
    JOIN kept AS s ON s.given_id = g.source_id
    JOIN kept AS t ON t.given_id = g.target_id
    WHERE memdb.must(t.agent_id = s.agent_id, 'target_id', 'must be an entity of the same agent as source_id')
        AND (g.fact_id IS NULL OR ((g.fact_id, s.agent_id) IN (SELECT v.id, v.agent_id FROM evidence AS v)) IS TRUE)
),
upserted AS (
    INSERT INTO memdb.edges AS e (
        org_id, agent_id, source_id, target_id, fact_id, valid_from, valid_until, weight, assertions, type, provenance, metadata
    )
    SELECT
        :org_id,
        n.agent_id,
        n.source_id,
        n.target_id,
        n.fact_id,
        n.valid_from,
        n.valid_until,
        least(1, n.weight + :by::float8 * (n.times - 1)),
        n.times,
        n.type,
        n.provenance,
        coalesce(n.metadata, '{}')
    FROM (
        SELECT
            g.agent_id,
            g.source_id,
            g.target_id,
            g.type,
            count(*) AS times,
            (array_agg(g.weight ORDER BY g.number))[1] AS weight,
            (array_agg(g.fact_id ORDER BY g.number DESC) FILTER (WHERE g.fact_id IS NOT NULL))[1] AS fact_id,
            max(g.valid_from) AS valid_from,
            (array_agg(g.valid_until ORDER BY g.number DESC) FILTER (WHERE g.valid_until IS NOT NULL AND NOT g.is_old))[1] AS valid_until,
            (array_agg(g.provenance ORDER BY g.number DESC) FILTER (WHERE g.provenance IS NOT NULL))[1] AS provenance,
            (array_agg(g.metadata ORDER BY g.number DESC) FILTER (WHERE g.metadata IS NOT NULL))[1] AS metadata
        FROM (
            SELECT
                m.*,
                coalesce(m.valid_from < max(m.valid_from) OVER (PARTITION BY m.agent_id, m.source_id, m.target_id, m.type), false) AS is_old
            FROM given AS m
        ) AS g
        GROUP BY g.agent_id, g.source_id, g.target_id, g.type
    ) AS n, memdb.writers AS w
    WHERE w.org_id = :org_id
        AND w.id = ANY (ARRAY(SELECT k.agent_id FROM kept AS k))
        AND w.id = n.agent_id
        AND memdb.takes_writes(w, n.agent_id)
        AND (SELECT count(*) FROM given) = cardinality(:source_id)
    -- The order in which all statements lock edges, so that concurrent writers of the same edges do not deadlock.
    ORDER BY n.source_id, n.target_id, n.type
    ON CONFLICT (org_id, source_id, target_id, type) DO UPDATE
        SET
            weight = least(1, e.weight + :by * excluded.assertions),
            assertions = least(e.assertions::bigint + excluded.assertions, 2147483647),
            -- The evidence of an invalidated edge is no longer its evidence.
            fact_id = coalesce(
                excluded.fact_id, CASE WHEN 'fact_id' <> ALL (:cleared::text[]) AND e.invalidated_at IS NULL THEN e.fact_id END
            ),
            valid_from = greatest(excluded.valid_from, e.valid_from),
            -- Of several validity periods, the latest counts, whichever was asserted last.
            valid_until = CASE
                WHEN excluded.valid_from < e.valid_from THEN e.valid_until
                ELSE coalesce(
                    excluded.valid_until, CASE WHEN 'valid_until' <> ALL (:cleared) AND e.valid_until > now() THEN e.valid_until END
                )
            END,
            invalidated_at = NULL,
            provenance = coalesce(excluded.provenance, CASE WHEN 'provenance' <> ALL (:cleared) THEN e.provenance END),
            metadata = CASE WHEN excluded.metadata = '{}' THEN e.metadata ELSE excluded.metadata END,
            updated_at = greatest(e.updated_at, now()),
            version = e.version + 1
    RETURNING e.*
)
SELECT
    e.id,
    e.agent_id,
    e.source_id,
    e.target_id,
    e.type,
    e.weight,
    e.assertions,
    e.fact_id,
    e.provenance,
    e.valid_from,
    e.valid_until,
    e.invalidated_at,
    e.used_at,
    e.metadata,
    e.version,
    e.created_at,
    e.updated_at
FROM upserted AS e
-- The places of each in the input. Not a join: a generic plan estimates few rows for each side and might compare them pairwise, without a
-- hash.
CROSS JOIN unnest(
    array_positions(
        ARRAY(SELECT g.source_id || ' ' || g.target_id || ' ' || g.type FROM given AS g ORDER BY g.number),
        e.source_id || ' ' || e.target_id || ' ' || e.type
    )
) AS place (number)
ORDER BY place.number
