-- The statements that build the indexes for large scopes. They are to be run one by one, each outside a transaction.
-- not null: statement
SELECT s AS statement
FROM memdb.index_statements(:space::smallint) AS s
