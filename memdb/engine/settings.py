"""The settings that memdb's connections set, so that nothing depends on the settings of the server, the database or the role.

Left to the operator: whether writes are accepted (`default_transaction_read_only`), when they are durable (`synchronous_commit`), how long
a statement or a transaction may take (reported as DeadlineExceeded or ConnectionLost), and the planner's costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ESSENTIAL: Final[Mapping[str, str]] = {
    "row_security": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
    "standard_conforming_strings": "on",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
    "transform_null_equals": "off",
    "array_nulls": "on",
    "gin_fuzzy_search_limit": "0",
    "exit_on_error": "off",
}
"""Settings that change results or errors. If a pooler prevents setting them, preflight requires the server to have these values."""

SETTINGS: Final[Mapping[str, str]] = {
    **ESSENTIAL,
    "backslash_quote": "safe_encoding",
    "client_encoding": "UTF8",
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "xmloption": "content",
    "default_text_search_config": "pg_catalog.simple",
    "check_function_bodies": "on",
    "client_min_messages": "notice",
    "plpgsql.extra_errors": "none",
    "plan_cache_mode": "auto",
    # It never pays off for statements this short.
    "jit": "off",
    # The pool keeps its connections.
    "idle_session_timeout": "0",
}

SERIAL: Final[Mapping[str, str]] = {"max_parallel_workers_per_gather": "0", "debug_parallel_query": "off"}
"""For reading plans: a parallel plan does not show where a column comes from."""

UNLIMITED: Final[Mapping[str, str]] = {"statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
"""For long operations, such as a migration, without the operator's limits on a service's statements."""
