-- Creates an embedding space: its table, and its place in the view of those with an index. For the tables' owner.
CALL memdb.open_space(:dimension::int, :model::text)
