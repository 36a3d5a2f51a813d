"""Memory-Base's tables, as SQLAlchemy makes them of its models: the package is in no index."""

from __future__ import annotations

from uuid import UUID

from tests.server import execute

TABLES = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    """CREATE TABLE sessions (
        id UUID PRIMARY KEY, updated_at TIMESTAMPTZ NOT NULL, status SMALLINT NOT NULL, title VARCHAR(512), metadata JSONB
    )""",
    """CREATE TABLE messages (
        id UUID PRIMARY KEY, session_id UUID NOT NULL REFERENCES sessions ON DELETE CASCADE, role VARCHAR(32) NOT NULL,
        content TEXT NOT NULL, model VARCHAR(128), embedding VECTOR, created_at TIMESTAMPTZ NOT NULL
    )""",
    """CREATE TABLE session_summaries (
        id UUID PRIMARY KEY, session_id UUID NOT NULL REFERENCES sessions ON DELETE CASCADE, strategy VARCHAR(64) NOT NULL,
        strategy_version VARCHAR(32), summary_text TEXT, summary_json JSONB NOT NULL, created_at TIMESTAMPTZ NOT NULL
    )""",
    """CREATE TABLE messages_archive (
        id UUID PRIMARY KEY, session_id UUID NOT NULL, role TEXT NOT NULL, content TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL
    )""",
    """CREATE TABLE audit_logs (
        id UUID PRIMARY KEY, created_at TIMESTAMPTZ NOT NULL, action VARCHAR(64) NOT NULL, resource_type VARCHAR(64) NOT NULL,
        resource_id TEXT, details JSONB
    )""",
    """CREATE TABLE employee_roles (
        name VARCHAR(128) PRIMARY KEY, description VARCHAR(512), status VARCHAR(32) NOT NULL, default_model VARCHAR(128),
        created_at TIMESTAMPTZ NOT NULL, updated_at TIMESTAMPTZ NOT NULL
    )""",
    """CREATE TABLE role_abilities (
        role_name VARCHAR(128) REFERENCES employee_roles ON DELETE CASCADE, ability_id VARCHAR(128), PRIMARY KEY (role_name, ability_id)
    )""",
    """CREATE TABLE prompt_versions (
        id VARCHAR(256) PRIMARY KEY, role_name VARCHAR(128) NOT NULL REFERENCES employee_roles ON DELETE CASCADE, content TEXT NOT NULL,
        version INTEGER NOT NULL, created_at TIMESTAMPTZ NOT NULL
    )""",
)


def id_of(kind: int, number: int) -> UUID:
    """Of sessions 1, messages 2, summaries 3, entries of the audit log 4."""
    return UUID(f"0000000{kind}-0000-4000-8000-{number:012}")


ACTIVE, ARCHIVED, DELETED, EMPTY = (id_of(1, number) for number in range(1, 5))

ROWS = (
    f"""INSERT INTO sessions VALUES
        ('{ACTIVE}', '2026-01-01 10:00Z', 1, 'Über Zürich', '{{"topic": "city", "score": 1.50}}'),
        ('{ARCHIVED}', '2025-06-01 10:00Z', 2, NULL, 'null'),
        ('{DELETED}', '2026-01-03 10:00Z', 4, '', NULL),
        ('{EMPTY}', '2026-01-04 10:00Z', 1, NULL, '{{}}')""",
    f"""INSERT INTO messages VALUES
        ('{id_of(2, 9)}', '{ACTIVE}', 'user', E'Wo ist\n''Zürich''?', NULL, NULL, '2026-01-01 09:00:00.000001Z'),
        ('{id_of(2, 3)}', '{ACTIVE}', 'assistant', '47.4° N', 'qwen-max', NULL, '2026-01-01 09:00:00.000002Z'),
        ('{id_of(2, 1)}', '{ACTIVE}', 'assistant', 'On a lake.', 'qwen-max', NULL, '2026-01-01 09:00:00.000002Z'),
        ('{id_of(2, 4)}', '{ACTIVE}', 'user', 'Thanks.', '', NULL, '2026-01-02 11:00Z'),
        ('{id_of(2, 5)}', '{ACTIVE}', 'tool', '{{}}', NULL, NULL, '2026-01-02 11:00Z'),
        ('{id_of(2, 6)}', '{ACTIVE}', 'user', ' ', NULL, NULL, '2026-01-02 11:00Z'),
        ('{id_of(2, 7)}', '{DELETED}', 'user', 'Forget it.', NULL, NULL, '2026-01-03 09:00Z'),
        ('{id_of(2, 8)}', '{ARCHIVED}', 'user', 'And now?', NULL, NULL, '2025-06-01 09:00Z')""",
    f"""INSERT INTO messages_archive VALUES
        ('{id_of(2, 11)}', '{ARCHIVED}', 'user', 'Long ago.', '2025-05-01 09:00Z'),
        ('{id_of(2, 8)}', '{ARCHIVED}', 'user', 'And now?', '2025-06-01 09:00Z'),
        ('{id_of(2, 12)}', '{id_of(1, 99)}', 'user', 'Whose?', '2025-05-01 09:00Z')""",
    f"""INSERT INTO session_summaries VALUES
        ('{id_of(3, 1)}', '{ACTIVE}', 'context_compression_v2', '2', 'About Zürich.', '{{"todos": []}}', '2026-01-01 10:00Z'),
        ('{id_of(3, 2)}', '{DELETED}', 'plain', NULL, 'Nothing.', '{{}}', '2026-01-03 08:00Z'),
        ('{id_of(3, 3)}', '{EMPTY}', 'plain', NULL, 'Empty.', '{{}}', '2026-01-03 08:00Z'),
        ('{id_of(3, 4)}', '{ACTIVE}', 'plain', NULL, NULL, '{{}}', '2026-01-03 08:00Z')""",
    f"""INSERT INTO audit_logs VALUES
        ('{id_of(4, 2)}', '2026-01-01 10:00Z', 'tool_call', 'session', '{ACTIVE}', '{{"tool": "search"}}'),
        ('{id_of(4, 1)}', '2026-01-02 10:00Z', 'reload', 'config', NULL, NULL)""",
    """INSERT INTO employee_roles VALUES
        ('reviewer', 'Reads code.', 'enabled', 'qwen-max', '2026-01-01 10:00Z', '2026-01-01 10:00Z'),
        ('idle', '', 'paused', NULL, '2026-01-02 10:00Z', '2026-01-02 10:00Z')""",
    "INSERT INTO role_abilities VALUES ('reviewer', 'read'), ('reviewer', 'Comment')",
    """INSERT INTO prompt_versions VALUES
        ('reviewer-2', 'reviewer', 'Review it well.', 2, '2026-01-03 10:00Z'),
        ('reviewer-1', 'reviewer', 'Review.', 1, '2026-01-01 10:00Z'),
        ('reviewer-1b', 'reviewer', 'Review it.', 1, '2026-01-02 10:00Z')""",
)


def write(dsn: str) -> None:
    execute(dsn, *TABLES, *ROWS)
