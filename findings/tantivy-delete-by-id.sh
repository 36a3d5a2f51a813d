#!/usr/bin/env bash
# Guess: `delete_documents_by_term('id', 'a-1')` deletes the document whose id is a-1.
# Seen: tantivy 0.27.0 (Python): not if the field is text as by default: its terms are 'a' and '1', the
# value given is taken as one term, and nothing is deleted, without a word. With tokenizer_name='raw' it is.
# Why it matters: every UUID has hyphens: what was to be forgotten stays, and an update (delete, then add)
# makes a second copy.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tantivy==0.27.0
venv/bin/python - <<'PY'
import tantivy

seen = {}
for tokenizer in ("default", "raw"):
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name=tokenizer)
    index = tantivy.Index(builder.build())
    writer = index.writer(num_threads=1)
    writer.add_document(tantivy.Document(id="a-1"))
    writer.commit()
    writer.delete_documents_by_term("id", "a-1")
    writer.commit()
    index.reload()
    seen[tokenizer] = index.searcher().num_docs
assert seen == {"default": 1, "raw": 0}, seen
print(f"seen: documents left: {seen}")
PY
