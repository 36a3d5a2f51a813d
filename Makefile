# Everything runs in .venv, which each target makes as needed.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
# Most of what is installed is never imported, and need not be compiled.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable

.PHONY: help demo test test-slow test-adapters check bench bench-search bench-retrieval bench-kinds bench-conversations bench-knowledge bench-storage bench-backup bench-adopting bench-bulk bench-loops bench-adapters snapshot clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

.venv/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "memdb needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv .venv
	$(INSTALL) '.[dev]'
	@touch $@

demo: .venv/ready  ## Remember a conversation on the embedded server, and search it
	@$(BIN)/memdb demo

test: .venv/ready  ## Run the tests on the embedded server (or on MEMDB_TEST_DSN)
	$(BIN)/python -m pytest --numprocesses 3 --dist worksteal $(ARGS)

test-slow: .venv/ready  ## Run all tests, those that take minutes included; ARGS="-m slow" for these only
	-tests/install_pgbouncer.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "" $(ARGS)

test-adapters: .venv/suites  ## Run the suites of the frameworks that memdb has adapters for, fetched from the index
	$(BIN)/python -m tests.adapters.run $(ARGS)

check: .venv/ready  ## Lint, check the types, and check every SQL file against the schema
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/memdb check --dsn embedded:.memdb/check

bench: .venv/peers  ## memdb compared with bare asyncpg, psycopg, aiosql, SQLAlchemy, LangGraph, mem0 and arandu
	$(BIN)/python bench/side_by_side.py $(ARGS)

bench-search: .venv/bench  ## Searches in tenants of all sizes: recall, rows, latency, and a picture
	$(BIN)/python bench/search.py $(ARGS)

bench-retrieval: .venv/bench  ## How much of the evidence for a question is found, on LoCoMo's conversations
	$(BIN)/python bench/retrieval.py $(ARGS)

bench-kinds: .venv/bench  ## What searches of messages, observations and facts find
	$(BIN)/python bench/kinds.py $(ARGS)

bench-conversations: .venv/ready  ## Sessions of 100 and 100,000 messages, concurrent writers, the archive
	$(BIN)/python bench/conversations.py $(ARGS)

bench-backup: .venv/ready  ## Time, file size and memory of dumping and restoring an organization
	$(BIN)/python bench/backup.py $(ARGS)

bench-knowledge: .venv/ready  ## Retrieval from 2,000 facts, single and concurrent assertions, names, graphs, upkeep
	$(BIN)/python bench/knowledge.py $(ARGS)

bench-adopting: .venv/ready  ## Adopting the tables of LangGraph and mem0, compared with a COPY of their rows
	$(BIN)/python bench/adopting.py $(ARGS)

bench-bulk: .venv/bench  ## Importing a million memories: whether the rate falls, and how it compares with COPY's
	$(BIN)/python bench/bulk.py $(ARGS)

bench-loops: .venv/bench  ## What calls take on uvloop, compared with asyncio's own event loop
	$(BIN)/python bench/loops.py $(ARGS)

bench-adapters: .venv/peers  ## memdb's adapters compared with the implementations they replace
	$(BIN)/python bench/adapters.py $(ARGS)

bench-storage: .venv/bench  ## Where to store an embedding, and in which precision
	$(BIN)/python bench/storage.py $(ARGS)

.venv/bench: .venv/ready
	$(INSTALL) '.[dev,bench]'
	@touch $@

.venv/peers: .venv/bench
	$(INSTALL) '.[dev,bench,peers]'
	@touch $@

.venv/suites: .venv/ready
	$(INSTALL) '.[dev,suites]'
	@touch $@

snapshot: .venv/ready  ## Write the schema's snapshot anew, after a change of the migrations
	MEMDB_UPDATE_SNAPSHOT=1 $(BIN)/python -m pytest --quiet tests/integration/test_migrations.py -k snapshot

clean:  ## Remove what the targets made
	rm -rf .venv .memdb .pytest_cache .mypy_cache .ruff_cache .hypothesis
