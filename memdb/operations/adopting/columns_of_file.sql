-- The columns of a table, none where there is no such table.
SELECT c.name
FROM pragma_table_info(?) AS c
