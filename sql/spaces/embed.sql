-- Stores the embedding of what a thing says in a space, unless it has changed or gone since `version` was read; says whether it did.
-- not null: stored
SELECT memdb.store_embedding(:org_id::memdb.tenant, :kind::text, :space::smallint, :id::uuid, :version::int, :embedding::halfvec) AS stored
