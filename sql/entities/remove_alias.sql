-- Removes an alias from an entity, whether it was for its type only or for any. Returns whether the entity had it.
-- not null: removed
WITH removed AS (
    DELETE FROM memdb.entity_aliases AS a
    USING memdb.entities AS e, memdb.writable_organizations AS w
    WHERE a.org_id = :org_id::memdb.tenant
        AND a.entity_id = :entity_id::uuid
        AND e.org_id = :org_id
        AND e.id = a.entity_id
        AND a.key = ANY (ARRAY[memdb.entity_slug(:alias::text), memdb.entity_key(e.type, :alias)])
        AND w.org_id = :org_id
    RETURNING a.key
)
SELECT EXISTS (SELECT FROM removed) AS removed
