"""DSNs on a server with TCP and passwords, behind TLS, too: the same by connect, migrate, check and yoyo."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

import memdb
from memdb.engine.database import Database
from memdb.errors import AuthenticationFailed, InvalidInput, ServerUnreachable, Unavailable
from memdb.operations import embedded
from memdb.operations.check import check
from memdb.operations.migrate import migrate
from tests.server import execute

ROOT = Path(__file__).parents[2]
PASSWORD = "p%40 @:/#?&[é]+"
_HBA = "host all secured all scram-sha-256\nlocal all all trust\n"


class Secured(NamedTuple):
    """A server that asks for a password over TCP."""

    address: str

    def url(self, query: str = "", *, hosts: str | None = None, user: str = "secured", password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@{hosts or self.address}/postgres?{query}"


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    if not sys.platform.startswith("linux"):
        pytest.skip("needs an address of its own")
    with tempfile.TemporaryDirectory(prefix="memdb-secured-") as name:
        folder = Path(name) / "data"
        address = f"127.{os.getpid() % 250 + 1}.{os.getpid() // 250 % 250}.7"
        server = embedded.start(folder, settings={"listen_addresses": address, "fsync": "off"})
        try:
            (folder / "postgres" / "pg_hba.conf").write_text(_HBA)
            execute(server.dsn, f"CREATE ROLE secured SUPERUSER LOGIN PASSWORD '{PASSWORD}'", "SELECT pg_reload_conf()")
            yield Secured(address)
        finally:
            server.leave()


async def _everywhere(dsn: str, *, checking: bool = True) -> None:
    """The DSN works for connect, migrate and check alike."""
    async with memdb.connect(dsn, timeout=20) as db:
        assert db.dimension == 384
        assert await db.admin()._fetch("SELECT 1 AS one", ())
    assert await asyncio.to_thread(migrate, dsn) == []
    # While it waits for what describes a statement, psycopg keeps the interpreter's lock, and so a proxy of this process from answering.
    if checking:
        assert await asyncio.to_thread(check, dsn, queries=[memdb.memories.get.query]) == []


async def _refused_everywhere(dsn: str, error: type[Exception], match: str) -> None:
    async def opened() -> None:
        async with memdb.connect(dsn, timeout=20):
            pass

    for attempt in (opened(), asyncio.to_thread(migrate, dsn), asyncio.to_thread(check, dsn)):
        with pytest.raises(error, match=match) as refused:
            await attempt
        assert PASSWORD not in f"{refused.value!r} {refused.value.__cause__!r}"


@pytest.mark.slow
async def test_a_password_with_everything_in_it(secured: Secured) -> None:
    await _everywhere(secured.url())
    await _everywhere(secured.url().replace("postgresql://", "postgresql+asyncpg://"))
    await _everywhere(f"host={secured.address} user=secured dbname=postgres password='{PASSWORD}'")


async def test_a_wrong_password_is_no_outage(secured: Secured) -> None:
    await _refused_everywhere(
        secured.url(password=f"{PASSWORD}!"), AuthenticationFailed, 'password authentication failed for user "secured"'
    )
    await _refused_everywhere(secured.url(user="nobody"), AuthenticationFailed, "no pg_hba.conf entry")
    await _refused_everywhere(secured.url(hosts=f"{secured.address}:1"), ServerUnreachable, "cannot be reached")
    assert not issubclass(AuthenticationFailed, Unavailable)


@pytest.mark.slow
async def test_the_next_host_is_tried(secured: Secured) -> None:
    with closing(socket.create_server((secured.address, 0))) as silent:
        # It takes connections, and never answers.
        hosts = f"{secured.address}:1,{secured.address}:{silent.getsockname()[1]},{secured.address}:5432"
        await _everywhere(secured.url("target_session_attrs=read-write&connect_timeout=2", hosts=hosts))
        await _everywhere(secured.url("target_session_attrs=prefer-standby", hosts=f"{secured.address}:1,{secured.address}"))
    await _refused_everywhere(secured.url("target_session_attrs=standby"), ServerUnreachable, "target")


async def test_a_service_and_a_password_file(secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    escaped = PASSWORD.replace(":", r"\:")
    (tmp_path / "passwords").write_text(f"{secured.address}:5432:*:secured:{escaped}\n")
    (tmp_path / "passwords").chmod(0o600)
    (tmp_path / "services").write_text(f"[agents]\nhost={secured.address}\nuser=secured\ndbname=postgres\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "passwords"))
    await _everywhere("service=agents")
    monkeypatch.delenv("PGSERVICEFILE")
    for name, value in (("PGHOST", secured.address), ("PGUSER", "secured"), ("PGDATABASE", "postgres"), ("PGPASSWORD", PASSWORD)):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PGPASSFILE")
    await _everywhere("postgresql://")


async def test_a_client_is_called_what_it_says(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    async def called(dsn: str, role: str | None = "memdb_app") -> object:
        async with memdb.connect(dsn, role=role, admin_role=role and "memdb_admin") as db:
            return await db.admin()._fetch("SELECT current_setting('application_name') AS name", ())

    assert await called(secured.url()) == [("memdb",)]
    assert await called(secured.url("application_name=billing-worker")) == [("billing-worker",)]
    monkeypatch.setenv("PGAPPNAME", "from-outside")
    assert await called(secured.url()) == [("from-outside",)]


@asynccontextmanager
async def _behind_tls(server: Secured, certificate: Path) -> AsyncIterator[int]:
    """The port of a proxy at the server's address that ends TLS, as clouds have them."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await source.read(65536):
                to.write(chunk)
        to.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            # The request for TLS.
            await reader.readexactly(8)
            writer.write(b"S")
            await writer.start_tls(context)
            behind, to_server = await asyncio.open_connection(server.address, 5432)
            await asyncio.gather(pass_on(reader, to_server), pass_on(behind, writer))

    proxy = await asyncio.start_server(serve, server.address, 0)
    try:
        yield proxy.sockets[0].getsockname()[1]
    finally:
        proxy.close()


def _certificate(folder: Path, address: str) -> Path:
    """A self-signed one with its key, in one file."""
    key, file = folder / "server.key", folder / "server.crt"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=memdb", "-addext", f"subjectAltName=IP:{address}"]
    subprocess.run([*command, *names, "-keyout", key, "-out", file], check=True, capture_output=True)
    file.write_text(file.read_text() + key.read_text())
    return file


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
async def test_tls(secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = _certificate(tmp_path, secured.address)
    async with _behind_tls(secured, trusted) as port:
        hosts = f"{secured.address}:{port}"
        await _everywhere(secured.url("sslmode=require", hosts=hosts), checking=False)
        await _everywhere(secured.url(f"sslmode=verify-full&sslrootcert={trusted}", hosts=hosts), checking=False)
        untrusted = secured.url("sslrootcert=system", hosts=hosts)
        await _refused_everywhere(untrusted, AuthenticationFailed, "certificate is not trusted: self-signed")
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        await _everywhere(untrusted, checking=False)
        # The server behind binds no channel to the proxy's TLS, which libpq would have it do.
        async with memdb.connect(secured.url("channel_binding=require", hosts=hosts), timeout=20, pool_size=1) as db:
            assert db.dimension == 384
            # Who travels together is told apart on what TLS has decrypted.
            tenants = [db.tenant(uuid.uuid4()) for _ in range(4)]
            for _ in range(2):
                entered = await asyncio.gather(*[each._fetch("SELECT $1::memdb.tenant", [each.org_id]) for each in tenants])
                assert [row["tenant"] for (row,) in entered] == [each.org_id for each in tenants]
            (cost,) = db._pool.pace._costs.values()
            assert (cost.trips, cost.alone) == (2, 0)
    await _refused_everywhere(secured.url("sslmode=require"), ServerUnreachable, "rejected SSL")


async def test_connections_are_kept_alive(secured: Secured) -> None:
    async with memdb.connect(secured.url("keepalives_idle=33&keepalives_interval=7&keepalives_count=4&tcp_user_timeout=9000")) as db:
        assert _options(db) == (1, 33, 7, 4, 9000)
    async with memdb.connect(secured.url()) as db:
        assert _options(db)[0] == 1
    async with memdb.connect(secured.url("keepalives=0&keepalives_idle=33")) as db:
        assert _options(db)[0] == 0


def _options(db: Database) -> tuple[int, ...]:
    (connection,) = db._pool._idle
    connected = connection._transport.get_extra_info("socket")
    tcp = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    levels = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), *((socket.IPPROTO_TCP, option) for option in tcp))
    return tuple(int(connected.getsockopt(*each)) for each in levels)


def test_yoyo_reads_the_same(secured: Secured) -> None:
    dsn = f"host={secured.address},{secured.address} port=1,5432 user=secured password='{PASSWORD}'"
    result = subprocess.run(
        [sys.executable, "-m", "yoyo", "list", "--batch"],
        cwd=ROOT,
        env={**os.environ, "MEMDB_DSN": dsn, "PGDATABASE": "postgres"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "A 0001_foundation" in " ".join(result.stdout.split()), result.stdout


def test_an_embedded_dsn_is_none_of_a_server() -> None:
    for command in (migrate, check):
        with pytest.raises(InvalidInput, match="embedded"):
            command("embedded:x")
