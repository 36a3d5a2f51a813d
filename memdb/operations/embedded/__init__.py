"""The embedded PostgreSQL: a private server in a folder, for development, tests and single-machine programs.

The folder contains `postgres/` (the data, described by its `memdb.json`), `log`, the socket, and lock files, whose locks the kernel
releases when their holders end. `lock` is held by the process that creates, starts, stops or removes the server; `users` is shared by all
processes that use it; `server` is held by PostgreSQL's processes; `watcher` is held by the process that stops the server as soon as `users`
is free.
"""

from memdb.errors import ExtraMissing

try:
    from memdb.operations.embedded.programs import POSTGRES_BIN_PATH
    from memdb.operations.embedded.serving import Server, start, start_in_thread
except ImportError as error:
    raise ExtraMissing("the embedded server (on Linux and macOS)", "embedded") from error

__all__ = ["POSTGRES_BIN_PATH", "Server", "start", "start_in_thread"]
