-- Stores the embedding of a row's content in a space, unless the row has changed or disappeared since `version` was read. Returns whether
-- it was stored.
-- not null: stored
SELECT memdb.store_embedding(:org_id::memdb.tenant, :kind::text, :space::smallint, :id::uuid, :version::int, :embedding::halfvec) AS stored
