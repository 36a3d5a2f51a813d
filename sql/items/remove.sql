-- Deletes items by namespace and key, permanently. Returns how many existed, or the name of a legal hold that forbids it.
-- not null: items
WITH given AS MATERIALIZED (
    SELECT
        memdb.path_of(ARRAY(SELECT jsonb_array_elements_text(p.place -> 'namespace'))) AS path,
        p.place ->> 'key' AS key
    FROM unnest(:place::jsonb[]) AS p (place)
),
chosen AS MATERIALIZED (
    SELECT
        i.id,
        i.agent_id,
        i.user_id
    FROM memdb.writable_organizations AS w, given AS g
    JOIN memdb.items AS i ON i.path = g.path AND i.key = g.key
    WHERE w.org_id = :org_id::memdb.tenant
        AND i.org_id = :org_id
    -- Locked in the order of the keys, as when items are put.
    ORDER BY i.path, i.key
    FOR UPDATE OF i
),
held AS MATERIALIZED (
    SELECT min(h.name) AS name
    FROM chosen AS c
    JOIN memdb.legal_holds AS h
        ON h.org_id = :org_id
        AND h.released_at IS NULL
        AND ((h.user_id IS NULL AND h.agent_id IS NULL) OR h.user_id = c.user_id OR h.agent_id = c.agent_id)
),
removed AS (
    DELETE FROM memdb.items AS i
    USING held AS h
    WHERE h.name IS NULL
        AND i.org_id = :org_id
        AND i.id = ANY (ARRAY(SELECT c.id FROM chosen AS c))
    RETURNING i.id
)
SELECT
    h.name AS hold,
    (SELECT count(*) FROM removed) AS items
FROM held AS h
