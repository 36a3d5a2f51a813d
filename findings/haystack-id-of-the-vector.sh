#!/usr/bin/env bash
# Guess: a document that is written again with its vector made anew takes the place of the former, since text
# and metadata are the same and the policy is to overwrite.
# Seen: haystack-ai 3.4.1: the id that a Document gives itself is a hash of its vector, too. With another
# vector it is another document, and both are kept, found and counted; DuplicatePolicy.SKIP does not skip it
# either.
# Why it matters: who embeds the memories again, with a newer model or a rounding of their own, has each of
# them twice, unless the ids are given.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check haystack-ai==3.4.1
venv/bin/python - <<'PY'
from haystack import Document
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.document_stores.types import DuplicatePolicy

store = InMemoryDocumentStore()
store.write_documents([Document(content="tea", embedding=[1.0, 0.0])])
overwritten = store.write_documents([Document(content="tea", embedding=[0.9, 0.1])], policy=DuplicatePolicy.OVERWRITE)
skipped = store.write_documents([Document(content="tea", embedding=[0.8, 0.2])], policy=DuplicatePolicy.SKIP)
seen = [document.content for document in store.filter_documents()]
assert (overwritten, skipped, seen) == (1, 1, ["tea"] * 3), (overwritten, skipped, seen)
print(f"seen: {seen} after one text with three vectors")
PY
