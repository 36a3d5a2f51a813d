#!/usr/bin/env bash
# Guess: code that enters one BlockingPortalProvider again and again runs in one event loop.
# Seen: anyio 4.16.0: when the last user leaves, the loop is closed; the next one gets a new thread and a new
# loop. An asyncio.Lock or a pool made in the first is of no use in the second.
# Why it matters: a synchronous face over an asynchronous store works while calls overlap, and fails with 'bound
# to a different event loop' after the first quiet moment. Keep one user inside for as long as the pool lives.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check anyio==4.16.0
venv/bin/python - <<'PY'
import asyncio
from anyio.from_thread import BlockingPortalProvider

provider = BlockingPortalProvider()

async def loop():
    return asyncio.get_running_loop()

with provider as portal:
    first = portal.call(loop)
    with provider as nested:
        assert nested.call(loop) is first
with provider as portal:
    second = portal.call(loop)
    assert second is not first and first.is_closed()
print("seen: one loop while users overlap; after the last has left it is closed, and the next gets another")
PY
