#!/usr/bin/env bash
# Guess: of two memories, the one that holds the word asked for gets a score above that of the other.
# Seen: rank-bm25 0.2.2, BM25Okapi: both get 0.0, since a word in half of the documents has an idf of log(1);
# with a single memory the score is below zero. BM25Plus and BM25L tell them apart.
# Why it matters: a young agent has few memories: the search by words is blind exactly there, and tests with two
# or three documents say that it does not work.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rank-bm25==0.2.2
venv/bin/python - <<'PY'
from rank_bm25 import BM25L, BM25Okapi, BM25Plus

two = [["ann", "likes", "tea"], ["bob", "likes", "coffee"]]
okapi = list(BM25Okapi(two).get_scores(["tea"]))
alone = float(BM25Okapi(two[:1]).get_scores(["tea"])[0])
others = [list(kind(two).get_scores(["tea"])) for kind in (BM25Plus, BM25L)]
assert okapi == [0.0, 0.0] and alone < 0 and all(a > b for a, b in others), (okapi, alone, others)
print(f"seen: two memories {[float(x) for x in okapi]}, one memory {alone:.3f}")
PY
