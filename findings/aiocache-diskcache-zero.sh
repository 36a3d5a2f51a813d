#!/usr/bin/env bash
# Guess: a time to live of 0 means the same to both caches, and @cached remembers that the answer was None.
# Seen: aiocache 0.12.3 keeps what has ttl=0 for ever; diskcache 5.6.3 gives nothing back for expire=0. And
# aiocache's @cached takes a stored None for a miss and calls the function again, each time.
# Why it matters: a setting of 0 ('do not cache') makes answers permanent after a change of library, and 'this
# user has no profile' is asked of the database again and again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiocache==0.12.3 diskcache==5.6.3
venv/bin/python - <<'PY'
import asyncio

import diskcache
from aiocache import Cache, cached

asked = []


@cached()
async def profile(user):
    asked.append(user)


async def main():
    memory = Cache(Cache.MEMORY)
    await memory.set("tea", "green", ttl=0)
    await asyncio.sleep(0.05)
    with diskcache.Cache("cache") as disk:
        disk.set("tea", "green", expire=0)
        kept = await memory.get("tea"), disk.get("tea")
    for _ in range(3):
        await profile("ann")
    return kept


kept = asyncio.run(main())
assert kept == ("green", None) and asked == ["ann"] * 3, (kept, asked)
print(f"seen: with a time of 0 aiocache gives {kept[0]!r}, diskcache {kept[1]!r}; a cached None was asked for {len(asked)} times")
PY
