#!/usr/bin/env bash
# Guess: a time of 08:00+02:00 is the same moment as a parameter and as a literal: 06:00 UTC.
# Seen: kuzu 0.11.3: as a parameter for a TIMESTAMP it is stored as 08:00, the offset is dropped; timestamp('...
# 08:00:00+02:00') in the query is 06:00. Both come back naive.
# Why it matters: events written from two countries, or by a parameter and by a query, are hours apart and in a
# wrong order. Convert to UTC first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check kuzu==0.11.3
venv/bin/python - <<'PY'
import datetime

import kuzu

db = kuzu.Connection(kuzu.Database(":memory:"))
db.execute("CREATE NODE TABLE Event (id STRING PRIMARY KEY, at TIMESTAMP)")
moment = datetime.datetime(2026, 1, 1, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
db.execute("CREATE (:Event {id: 'parameter', at: $at})", {"at": moment})
db.execute(f"CREATE (:Event {{id: 'literal', at: timestamp('{moment}')}})")
seen = {name: at.isoformat() for name, at in db.execute("MATCH (e:Event) RETURN e.id, e.at").get_all()}
assert seen == {"parameter": "2026-01-01T08:00:00", "literal": "2026-01-01T06:00:00"}, seen
print(f"seen: {moment.isoformat()} is stored as {seen}")
PY
