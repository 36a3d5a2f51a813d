#!/usr/bin/env bash
# Guess: an embedding stored under ('tea', 'tea') is found under every tuple that equals it, as in a dict.
# Seen: diskcache 5.6.3: a tuple is looked up by its pickle, and the pickle of one string twice differs from
# that of two equal strings. What was stored under one is not found under the other, and both can be stored side
# by side.
# Why it matters: a cache of embeddings or answers by (model, text) misses, pays again and grows, depending on
# where the strings came from. Make one string of the key.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check diskcache==5.6.3
venv/bin/python - <<'PY'
import diskcache

first = "".join(["te", "a"])
second = "".join(["te", "a"])
one_object, two_objects = (first, first), (first, second)
assert one_object == two_objects and hash(one_object) == hash(two_objects)
with diskcache.Cache("cache") as cache:
    cache[one_object] = "stored"
    found = cache.get(two_objects)
    cache[two_objects] = "again"
    kept = [cache[key] for key in cache]
    keys = list(cache)
assert found is None and kept == ["stored", "again"] and keys[0] == keys[1], (found, kept, keys)
print(f"seen: get gives {found}; then both are there: {keys}")
PY
