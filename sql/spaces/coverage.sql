-- How many live things of a kind, or of all kinds, the tenant has, and how many of them an embedding in a space.
-- not null: total, embedded
SELECT
    c.total,
    c.embedded
FROM memdb.embedding_coverage(:org_id::memdb.tenant, :kind::text, :space::smallint) AS c
