-- The columns of a table; empty if it does not exist.
SELECT c.name
FROM pragma_table_info(?) AS c
