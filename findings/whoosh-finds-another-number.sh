#!/usr/bin/env bash
# Guess: what whoosh shows of a document is what it finds it by; a number that does not fit a field is refused.
# Seen: Whoosh-Reloaded 2.7.5: 7.9 in a NUMERIC field is shown as 7.9, found by 7 and not by 7.9. An aware time
# is shown with its offset and found as if it had none: 08:00+02:00 from 07:30 to 08:30, not at 06:00 UTC.
# Why it matters: a score of 0.9 is in the same drawer as 0; ranges over times of two zones are hours off, and
# the results look right, for they show what was stored.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Whoosh-Reloaded==2.7.5
venv/bin/python - <<'PY'
import datetime
import pathlib

from whoosh import fields, index
from whoosh.qparser import QueryParser

schema = fields.Schema(id=fields.ID(stored=True), score=fields.NUMERIC(stored=True), at=fields.DATETIME(stored=True))
pathlib.Path("index").mkdir()
written = index.create_in("index", schema)
moment = datetime.datetime(2026, 1, 1, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
writer = written.writer()
writer.add_document(id="tea", score=7.9, at=moment)
writer.commit()


def found(query):
    with written.searcher() as searcher:
        return [(hit["score"], hit["at"]) for hit in searcher.search(QueryParser("id", schema).parse(query))]


queries = ("score:7", "score:7.9", "at:[202601010730 TO 202601010830]", "at:[202601010530 TO 202601010630]")
seen = {query: found(query) for query in queries}
assert list(seen.values()) == [[(7.9, moment)], [], [(7.9, moment)], []], seen
shown = ", ".join(map(str, seen["score:7"][0]))
print(f"seen: shown as {shown}; found by {[query for query, hits in seen.items() if hits]}")
PY
