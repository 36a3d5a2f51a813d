-- Adds an alias to an active entity, unless a live entity already has it. Returns the alias and its owner.
-- not null: alias, key, entity_id, created_at
WITH owner AS MATERIALIZED (
    SELECT
        e.id,
        e.agent_id,
        e.type,
        e.status
    FROM memdb.entities AS e
    WHERE e.org_id = :org_id::memdb.tenant
        AND e.id = :entity_id::uuid
        AND e.deleted_at IS NULL
    FOR KEY SHARE
),
given AS (
    INSERT INTO memdb.entity_aliases AS a (org_id, agent_id, entity_id, key, alias)
    SELECT
        :org_id,
        o.agent_id,
        o.id,
        CASE WHEN :of_type::boolean THEN memdb.entity_key(o.type, :alias::text) ELSE memdb.entity_slug(:alias) END,
        :alias
    FROM owner AS o, memdb.writers AS w
    WHERE w.org_id = :org_id
        AND w.id = o.agent_id
        AND memdb.takes_writes(w, o.agent_id)
        AND memdb.must(o.status = 'active', 'entity_id', 'must be that of an entity that is not merged')
    -- DO NOTHING would not return the owner of an alias that was added after this statement took its snapshot.
    ON CONFLICT (org_id, agent_id, key) DO UPDATE
        SET
            (entity_id, alias, created_at) = (
                SELECT
                    CASE WHEN h.is_live THEN a.entity_id ELSE excluded.entity_id END,
                    CASE WHEN h.is_live THEN a.alias ELSE excluded.alias END,
                    CASE WHEN h.is_live THEN a.created_at ELSE excluded.created_at END
                FROM (
                    SELECT NOT EXISTS (
                        SELECT FROM memdb.entities AS gone
                        WHERE gone.org_id = a.org_id
                            AND gone.id = a.entity_id
                            AND gone.deleted_at IS NOT NULL
                    ) AS is_live
                ) AS h
            )
    RETURNING a.*
)
SELECT
    a.alias,
    a.key,
    a.entity_id,
    a.created_at
FROM given AS a
