-- A new embedding space, for the tables' owner: its table, and its place in the view of those that have an index.
CALL memdb.open_space(:dimension::int, :model::text)
