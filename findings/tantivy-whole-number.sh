#!/usr/bin/env bash
# Guess: 2 in a field of floats is 2.0, or is refused when it is added; at worst that one document is lost.
# Seen: tantivy 0.27.0 (Python): `add_document` takes it and returns a stamp. The next commit raises
# ValueError and stores nothing of the batch; a second commit succeeds, and so do further documents and
# commits, but with that writer nothing is stored any more.
# Why it matters: one memory whose score is a whole number loses all that are indexed with it and after it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tantivy==0.27.0
venv/bin/python - <<'PY'
import tantivy

builder = tantivy.SchemaBuilder()
builder.add_text_field("id", stored=True, tokenizer_name="raw")
builder.add_float_field("score", stored=True, indexed=True)
index = tantivy.Index(builder.build())
writer = index.writer(num_threads=1)


def stored():
    index.reload()
    return index.searcher().num_docs


writer.add_document(tantivy.Document(id="before", score=1.0))
writer.commit()
writer.add_document(tantivy.Document(id="good", score=2.5))
writer.add_document(tantivy.Document(id="whole", score=2))
try:
    writer.commit()
    raise SystemExit("the commit was taken")
except ValueError as error:
    print(f"seen: {error}")
writer.commit()
writer.add_document(tantivy.Document(id="after", score=3.5))
writer.commit()
assert stored() == 1, stored()
print("seen: after two more commits without an error, 1 document: the one before")
PY
