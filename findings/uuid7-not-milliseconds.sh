#!/usr/bin/env bash
# Guess: the `uuid7` of the package uuid7 begins, as RFC 9562 and PostgreSQL's `uuidv7()` have it, with the
# milliseconds since 1970.
# Seen: uuid7 0.1.0: it begins with 36 bits of whole seconds and a fraction, as an earlier draft had it. Its
# version says 7; read as the RFC reads it, it was made some 176 years from now. One that is made before an
# id of uuid-utils 1.2.0 sorts after it.
# Why it matters: in one column with ids from PostgreSQL 18 or another library, all of its ids come last, and
# `uuid_extract_timestamp` tells a time in another century.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uuid7==0.1.0 uuid-utils==1.2.0
venv/bin/python - <<'PY'
import time

import uuid_extensions
import uuid_utils

drafted = uuid_extensions.uuid7()
time.sleep(0.01)
later = uuid_utils.uuid7()
now = time.time()
years = [(identifier.int >> 80) / 1000 - now for identifier in (drafted, later)]
years = [round(seconds / 86_400 / 365.25, 1) + 0.0 for seconds in years]
assert drafted.version == later.version == 7
assert 100 < years[0] < 250 and years[1] == 0, years
assert str(drafted) > str(later), (drafted, later)
print(f"seen: by its first 48 bits made in {years[0]} years, uuid-utils' in {years[1]}; and it sorts after that later one")
PY
