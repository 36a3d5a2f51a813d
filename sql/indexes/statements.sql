-- What makes the indexes for large scopes: statements to be run one by one, each outside a transaction.
-- not null: statement
SELECT s AS statement
FROM memdb.index_statements(:space::smallint) AS s
