"""Of each system whose data is adopted: what its own packages write into its tables and read of them, and what memdb's adapter reads.

`write(dsn)` makes the tables, fills them and returns what the system reads; `read(tenant)` is the same of a tenant. The `.sql` files are
dumps of what `write` made, the `.json` files what it returned: `python -m tests.adopting.make` writes both.
"""
