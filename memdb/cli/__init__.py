"""The command line, `memdb`: `memdb --help` lists its commands."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point; says what to install if the command line's own dependencies are missing."""
    try:
        from memdb.cli.app import app
    except ImportError as error:
        sys.exit(f"the memdb command needs memdb's extra [cli] ({error}): in a clone of memdb, pip install '.[cli]'")
    app()
