"""The engine: it turns a SQL file into a typed call, for memdb's areas and for any package with its own tables."""
