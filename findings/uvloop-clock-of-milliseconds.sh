#!/usr/bin/env bash
# Guess: loop.time() tells uvloop's time as it tells asyncio's: to the microsecond.
# Seen: uvloop 0.23.0: it ticks in whole milliseconds. Of a hundred round trips through a socket pair, most have taken 0.0 s by it.
# Why it matters: rates and costs are often worked out by dividing by such a difference. uvicorn chooses uvloop where it is
# installed, so code that was only ever tested on asyncio meets this clock in the service.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uvloop==0.23.0
venv/bin/python - <<'PY'
import asyncio
import socket

import uvloop


async def without_time():
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    for end in (here, there):
        end.setblocking(False)
    taken = []
    for _ in range(100):
        begun = loop.time()
        await loop.sock_sendall(here, b"x")
        await loop.sock_recv(there, 1)
        taken.append(loop.time() - begun)
    return taken.count(0.0)


seen = {}
for name, factory in (("asyncio", asyncio.new_event_loop), ("uvloop", uvloop.new_event_loop)):
    with asyncio.Runner(loop_factory=factory) as runner:
        seen[name] = runner.run(without_time())
assert seen["asyncio"] == 0, seen
assert seen["uvloop"] > 50, seen
print(f"seen: of 100 round trips, {seen['asyncio']} took 0.0 s by asyncio's clock, and {'most' if seen['uvloop'] > 50 else seen['uvloop']} by uvloop's")
PY
