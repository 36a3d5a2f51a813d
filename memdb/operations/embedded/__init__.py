"""The embedded PostgreSQL: a server of one's own in a folder, for development, tests and single-machine programs.

The folder holds `postgres/` (the data, and in `memdb.json` what it is), `log`, the socket, and files for locks that the kernel releases
with their holders: `lock` is held by whoever creates, starts, stops or removes the server; `users` is shared by all processes that use it;
`server` is held by PostgreSQL's processes, `watcher` by the process that stops the server as soon as `users` is free.
"""

from memdb.errors import ExtraMissing

try:
    from memdb.operations.embedded.programs import POSTGRES_BIN_PATH
    from memdb.operations.embedded.serving import Server, start, start_in_thread
except ImportError as error:
    raise ExtraMissing("the embedded server (on Linux and macOS)", "embedded") from error

__all__ = ["POSTGRES_BIN_PATH", "Server", "start", "start_in_thread"]
