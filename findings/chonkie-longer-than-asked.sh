#!/usr/bin/env bash
# Guess: SentenceChunker(chunk_size=8) gives chunks of 8 tokens at most: a longer sentence is cut.
# Seen: chonkie 1.7.0: a sentence is never cut, and sentences end at ". ", "! ", "? " and line ends only: a
# Japanese text, whose full stop is another and has no space after it, is one chunk however long it is.
# TokenChunker keeps to the size.
# Why it matters: an embedder cuts off what is too long for it without a word, so the rest of the text is stored
# and never found. Give `delim`, and look at token_count.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check chonkie==1.7.0
venv/bin/python - <<'PY'
from chonkie import SentenceChunker, TokenChunker

text = "東京は大きい。私は東京に住んでいる。とても楽しい。" * 20
seen = {
    name: max(chunk.token_count for chunk in chunker.chunk(text))
    for name, chunker in {
        "sentences": SentenceChunker(chunk_size=8, chunk_overlap=0),
        "sentences by their own full stop": SentenceChunker(chunk_size=8, chunk_overlap=0, delim=["。"], min_characters_per_sentence=1),
        "tokens": TokenChunker(chunk_size=8, chunk_overlap=0),
    }.items()
}
assert seen == {"sentences": len(text), "sentences by their own full stop": 11, "tokens": 8}, seen
print(f"seen: the longest chunk of chunk_size 8, in characters, which are the default tokens: {seen}")
PY
