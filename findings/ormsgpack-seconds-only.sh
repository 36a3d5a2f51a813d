#!/usr/bin/env bash
# Guess: with OPT_DATETIME_AS_TIMESTAMP_EXT ormsgpack writes MessagePack's timestamp, which has nanoseconds,
# as msgpack does.
# Seen: ormsgpack 1.13.1 writes whole seconds: 03:04:05.700001 comes back as 03:04:05 from msgpack and from
# ormsgpack itself. Of what msgpack 1.2.4 wrote, ormsgpack reads the fraction.
# Why it matters: times of messages lose what orders them within a second, and a time read back does not
# equal the one that was stored.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ormsgpack==1.13.1 msgpack==1.2.4
venv/bin/python - <<'PY'
from datetime import datetime, timezone

import msgpack
import ormsgpack

option = ormsgpack.OPT_DATETIME_AS_TIMESTAMP_EXT
at = datetime(2026, 1, 2, 3, 4, 5, 700001, timezone.utc)
by_msgpack, by_ormsgpack = msgpack.packb(at, datetime=True), ormsgpack.packb(at, option=option)
read = {
    "msgpack to ormsgpack": ormsgpack.unpackb(by_msgpack, option=option),
    "ormsgpack to msgpack": msgpack.unpackb(by_ormsgpack, timestamp=3),
    "ormsgpack to ormsgpack": ormsgpack.unpackb(by_ormsgpack, option=option),
}
whole = at.replace(microsecond=0)
assert list(read.values()) == [at, whole, whole], read
print(f"seen: {at.time()} is", {way: str(time.time()) for way, time in read.items()})
PY
