#!/usr/bin/env bash
# Guess: retrieve(session, limit=2) of a conversation's memory gives the latest two messages, as its Redis
# backend is written to do.
# Seen: aa-kit 0.3.0: the in-memory backend gives the oldest two; limit=-1 gives all but the last; and without a
# limit the list is the backend's own: clearing it clears the session.
# Why it matters: an agent of this kit that takes 'the last 50' sees the beginning of a long conversation for
# ever; an importer must ask for everything.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aa-kit==0.3.0
venv/bin/python - <<'PY'
import asyncio
from aakit.memory.backends import InMemoryBackend

async def main():
    memory = InMemoryBackend()
    for i in range(5):
        await memory.store("s", "user", f"m{i}")
    two = [m.content for m in await memory.retrieve("s", limit=2)]
    less = [m.content for m in await memory.retrieve("s", limit=-1)]
    (await memory.retrieve("s")).clear()
    left = len(await memory.retrieve("s"))
    assert (two, less, left) == (["m0", "m1"], ["m0", "m1", "m2", "m3"], 0), (two, less, left)
    print(f"seen: of m0 to m4 limit=2 gives {two} and limit=-1 {less}; after clearing the list {left} are left")

asyncio.run(main())
PY
