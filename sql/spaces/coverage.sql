-- The number of the tenant's live rows of a kind, or of all kinds, and how many of them have an embedding in a space.
-- not null: total, embedded
SELECT
    c.total,
    c.embedded
FROM memdb.embedding_coverage(:org_id::memdb.tenant, :kind::text, :space::smallint) AS c
