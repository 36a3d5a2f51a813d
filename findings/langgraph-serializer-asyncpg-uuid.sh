#!/usr/bin/env bash
# Guess: an id read by asyncpg and put into a LangGraph state is stored as a UUID like any other.
# Seen: asyncpg 0.32.0 returns a subclass of its own; langgraph-checkpoint 4.3.2 stores it under asyncpg's
# module, reads it with the warning 'Deserializing unregistered type asyncpg.pgproto.pgproto.UUID ... will be
# blocked in a future version', and under LANGGRAPH_STRICT_MSGPACK=true gives something that is no UUID.
# uuid.UUID(str(id)) avoids it.
# Why it matters: a process without asyncpg, or a later version, can no longer read the checkpoints that hold
# ids of rows.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langgraph-checkpoint==4.3.2 asyncpg==0.32.0
venv/bin/python - <<'PY'
import logging, os, subprocess, sys, uuid
from asyncpg.pgproto.pgproto import UUID
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

kind, stored = JsonPlusSerializer().dumps_typed(UUID(str(uuid.UUID(int=1))))
plain = JsonPlusSerializer().dumps_typed(uuid.UUID(int=1))[1]
assert b"asyncpg.pgproto" in stored and b"asyncpg" not in plain, stored
read = f"""
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
import uuid
print([isinstance(JsonPlusSerializer().loads_typed(('msgpack', d)), uuid.UUID) for d in ({stored!r}, {plain!r})])
""".replace("\n ", "\n")
runs = []
for strict in ("false", "true"):
    run = subprocess.run([sys.executable, "-c", read], env=os.environ | {"LANGGRAPH_STRICT_MSGPACK": strict}, capture_output=True, text=True, check=True)
    runs.append(run.stdout.strip())
    assert "asyncpg.pgproto.pgproto" in run.stderr, run.stderr
assert runs == ["[True, True]", "[False, True]"], runs
print(f"seen: asyncpg's UUID and a plain one read as UUIDs: {runs[0]}; strict: {runs[1]}")
PY
