-- The tenant's rows of a kind without an embedding in a space, or with an outdated one, by id from a keyset cursor.
-- not null: id, version, content
SELECT
    l.id,
    l.version,
    l.content
FROM memdb.lacking_embeddings(:org_id::memdb.tenant, :kind::text, :space::smallint, :after::uuid, :limit::int) AS l
ORDER BY l.id
