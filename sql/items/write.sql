-- Puts items with their parts, and deletes others, all or nothing. Each field is a list in the order of the items; the parts have lists of
-- their own, with the number of the item that each belongs to. If a key is given twice, the last counts. Without :replace, an existing item
-- is an error. Returns a row for each item put, or the name of a legal hold that forbids a deletion. No rows mean that there is no such
-- organization or agent.
WITH writer AS MATERIALIZED (
    SELECT w.org_id
    FROM memdb.writable_organizations AS w
    WHERE w.org_id = :org_id::memdb.tenant
        AND (
            :agent_id::uuid IS NULL
            OR EXISTS (
                SELECT FROM memdb.writers AS a
                WHERE a.org_id = :org_id
                    AND a.id = :agent_id
                    AND memdb.takes_writes(a, :agent_id)
            )
        )
),
given AS MATERIALIZED (
    SELECT
        -- Generated here, so that the ids are in the order of the input.
        memdb.new_id() AS id,
        memdb.path_of(n.labels) AS path,
        n.labels AS namespace,
        g.place ->> 'key' AS key,
        g.gone,
        coalesce(g.value -> 'value', 'null') AS value,
        g.letters,
        g.time_to_live,
        g.number
    FROM unnest(:place::jsonb[], :gone::boolean[], :value::jsonb[], :letters::text[], :time_to_live::interval[])
        WITH ORDINALITY AS g (place, gone, value, letters, time_to_live, number)
    CROSS JOIN LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(g.place -> 'namespace')) AS labels) AS n
),
held AS MATERIALIZED (
    SELECT min(h.name) AS name
    FROM given AS g
    JOIN memdb.items AS i ON i.org_id = :org_id AND i.path = g.path AND i.key = g.key
    JOIN memdb.legal_holds AS h
        ON h.org_id = :org_id
        AND h.released_at IS NULL
        AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = i.user_id OR h.agent_id = i.agent_id)
    WHERE g.gone
),
put AS MATERIALIZED (
    SELECT p.*
    FROM writer AS w, held AS h
    CROSS JOIN LATERAL memdb.put_items(
        :org_id,
        :agent_id,
        :user_id::uuid,
        ARRAY(
            SELECT ROW(g.id, g.path, g.namespace, g.key, g.gone, g.value, g.letters, g.time_to_live)::memdb.given_item
            FROM given AS g
            ORDER BY g.number
        )
    ) AS p
    WHERE h.name IS NULL
),
-- An item's id tells whether it is new: the one generated here, or an existing item's.
told AS MATERIALIZED (
    SELECT memdb.must(:replace::boolean OR coalesce(bool_and(p.id = g.id), true), 'key', 'must be of no item that is there') AS is_right
    FROM put AS p
    JOIN given AS g USING (number)
),
part AS MATERIALIZED (
    SELECT
        memdb.new_id() AS id,
        i.id AS item_id,
        o.language,
        g.path,
        g.content,
        g.embedding
    FROM memdb.organizations AS o,
        unnest(:part_of::bigint[], :path::text[], :content::text[], :embedding::halfvec[])
            AS g (number, path, content, embedding)
    JOIN (SELECT DISTINCT p.number, p.id FROM put AS p WHERE p.id IS NOT NULL) AS i ON i.number = g.number
    WHERE o.id = :org_id
),
parted AS (
    INSERT INTO memdb.item_parts (org_id, id, item_id, language, path, content)
    SELECT
        :org_id,
        p.id,
        p.item_id,
        p.language,
        p.path,
        p.content
    FROM part AS p
),
embedded AS (
    INSERT INTO memdb.item_part_embeddings (org_id, item_part_id, item_id, space, embedding)
    SELECT
        :org_id,
        p.id,
        p.item_id,
        :space::smallint,
        p.embedding
    FROM part AS p
    WHERE p.embedding IS NOT NULL
)
SELECT
    h.name AS hold,
    p.created_at,
    p.updated_at,
    p.expires_at
FROM writer AS w, told AS t, held AS h
LEFT JOIN put AS p ON true
WHERE t.is_right
