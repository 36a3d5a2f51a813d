"""Functions that are made of several statements refuse a wrong argument by its name, as each statement does."""

from __future__ import annotations

import importlib
import inspect
import io
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from memdb import audit, backup, items, messages, profiles, threads, transcripts, triples
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.engine.executor import Executor
from memdb.errors import EmbeddedServerError, InvalidInput, MemdbError
from memdb.operations import embedded
from tests.samples import COMPOSED, World, build

WRONG = (5, b"bytes", object(), [object()], {"a": object()}, datetime(2026, 1, 1))


class _Undone(Exception):
    pass


async def _given(name: str, world: World, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, dict[str, Any]]:
    """The function of this name, and the arguments that its sample gives it."""
    area, _, function = name.rpartition(".")
    module = importlib.import_module(f"memdb.{area}")
    real, given = getattr(module, function), {}

    def recording(on: Executor, **arguments: Any) -> Any:
        given.update(arguments)
        return real(on, **arguments)

    with monkeypatch.context() as patched:
        patched.setattr(module, function, recording)
        with suppress(_Undone):
            async with tenant.transaction() as tx:
                await COMPOSED[name](world, tx)
                raise _Undone
    return real, given


async def test_a_wrong_argument_is_refused_by_name(db: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await build(db, tenant)
    wrongly: list[str] = []
    for name in COMPOSED:
        real, given = await _given(name, world, tenant, monkeypatch)
        for parameter in list(inspect.signature(real).parameters)[1:]:
            for wrong in WRONG:
                try:
                    async with tenant.transaction() as tx:
                        await real(tx, **{**given, parameter: wrong})
                        raise _Undone
                except _Undone:
                    pass
                except InvalidInput as error:
                    # Rankings and items have parts of their own, and some rules are about two arguments.
                    if parameter in ("limit", "kept") and error.field != parameter:
                        wrongly.append(f"{name}({parameter}={wrong!r}): {error}")
                except MemdbError:
                    pass
                except Exception as error:
                    wrongly.append(f"{name}({parameter}={wrong!r}): {error!r}")
    assert wrongly == []


@pytest.mark.parametrize("wrong", ["ab", b"ab", 5])
async def test_what_is_one_thing_is_no_list(tenant: Tenant, wrong: Any) -> None:
    calls = {
        "run_ids": lambda: threads.delete_runs(tenant, run_ids=wrong),
        "thread_ids": lambda: threads.prune(tenant, thread_ids=wrong),
        "values": lambda: threads.put(tenant, thread_id="t", id="1", values=wrong),
        "writes": lambda: threads.put_writes(tenant, thread_id="t", checkpoint_id="1", task_id="1", writes=wrong),
        "items": lambda: transcripts.append(tenant, id="t", items=wrong),
        "branches": lambda: transcripts.write(
            tenant, id="t", expected_revision=transcripts.ABSENT, after_id=None, items=[1], branches=wrong
        ),
        "keys": lambda: items.delete_many(tenant, keys=wrong),
        "delete": lambda: items.put_many(tenant, items=[], delete=wrong),
        "namespaces": lambda: items.scan(tenant, namespaces=wrong),
        "prefix": lambda: items.namespaces(tenant, prefix=wrong),
    }
    for field, call in calls.items():
        with pytest.raises(InvalidInput, match=f"^{field} must be a list, not {type(wrong).__name__}"):
            await call()


async def test_a_window_names_its_own_arguments(tenant: Tenant, agent: Agent) -> None:
    session_id = agent.id
    with pytest.raises(InvalidInput, match=r"^limit must be between 1 and 1000, not 0"):
        await messages.window(tenant, session_id=session_id, limit=0)
    with pytest.raises(InvalidInput, match=r"^count_tokens must be a function of a Message or a Summary, not int"):
        await messages.window(tenant, session_id=session_id, tokens=9, count_tokens=7)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{}, {"seq": 1, "digest": "0" * 64, "sealed": 1}, "", 0])
async def test_a_log_is_not_verified_against_what_is_no_seal(tenant: Tenant, wrong: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^kept must be an audit\.Seal \(of JSON, msgspec\.convert"):
        await audit.verify(tenant, kept=wrong)


async def test_json_is_text(tenant: Tenant, agent: Agent) -> None:
    wrong: Any = 5
    for call in (
        lambda: triples.import_json(tenant, text=wrong),
        lambda: triples.import_jsonl(tenant, lines=[wrong]),
        lambda: profiles.import_json(tenant, user_id=agent.id, text=wrong),
    ):
        with pytest.raises(InvalidInput, match=r"^(text|lines) must be str or bytes, not int"):
            await call()


@pytest.mark.parametrize("wrong", ["acme.dump", Path("acme.dump"), io.StringIO()])
async def test_a_dump_is_a_file_that_is_open_for_bytes(db: Database, tenant: Tenant, wrong: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^file must be open for bytes, as by open\(path, 'wb'\)"):
        await backup.dump(db.admin(tenant.org_id), wrong)
    with pytest.raises(InvalidInput, match=r"^file must be open for bytes, as by open\(path, 'rb'\)"):
        await backup.restore(db, wrong)
    assert not [each for each in await audit.page(tenant) if each.action == "organization.dump"]


def test_a_folder_that_cannot_be_made_is_told() -> None:
    with pytest.raises(EmbeddedServerError, match=r"^the folder /proc/memdb/data cannot be made: No such file or directory"):
        embedded.start("/proc/memdb/data")
