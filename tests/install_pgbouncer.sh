#!/usr/bin/env bash
# Installs PgBouncer for the tests where root and apt are there; elsewhere the tests that need it say that they were skipped.
set -euo pipefail
if [ -n "${MEMDB_TEST_PGBOUNCER:-}" ] || PATH="$PATH:/usr/sbin" command -v pgbouncer >/dev/null; then
    exit
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends pgbouncer >/dev/null
fi
