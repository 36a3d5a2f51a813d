"""What turns a SQL file into a typed call, for the areas of memdb and for any package of tables of its own."""
