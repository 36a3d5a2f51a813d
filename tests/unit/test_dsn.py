"""What a DSN says, to asyncpg and to libpq: the strings that services hand out, libpq's grammar, and what is refused by name."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from memdb.engine.dsn import ConnectionParameters, connection_parameters, resolve_dsn
from memdb.errors import InvalidInput

# As consoles and documentation show them, with other names and passwords.
HANDED_OUT = {
    "Neon": (
        "postgresql://app:npg_secret@ep-cool-dew-123456-pooler.eu-central-1.aws.neon.tech/agents?sslmode=require&channel_binding=require",
        {"host": "ep-cool-dew-123456-pooler.eu-central-1.aws.neon.tech", "port": "5432", "user": "app", "sslmode": "verify-full"},
    ),
    "Neon, for clients without SNI": (
        "postgresql://app:s@ep.neon.tech/agents?sslmode=require&options=endpoint%3Dep-cool-dew-123456",
        {"options": "endpoint=ep-cool-dew-123456", "sslmode": "require"},
    ),
    "Supabase, direct": (
        "postgresql://postgres:s@db.abcdefgh.supabase.co:5432/postgres",
        {"host": "db.abcdefgh.supabase.co", "dbname": "postgres", "sslmode": "prefer"},
    ),
    "Supabase, pooler": (
        "postgres://postgres.abcdefgh:s@aws-0-eu-central-1.pooler.supabase.com:6543/postgres",
        {"user": "postgres.abcdefgh", "port": "6543"},
    ),
    "RDS, Aurora": (
        "postgresql://app:s@c.cluster-x.eu-west-1.rds.amazonaws.com:5432/agents?sslmode=verify-full&sslrootcert={roots}",
        {"sslmode": "verify-full", "sslrootcert": "{roots}"},
    ),
    "Cloud SQL, its proxy's socket": (
        "postgresql://app:s@/agents?host=/cloudsql/project:europe-west1:instance",
        {"host": "/cloudsql/project:europe-west1:instance", "dbname": "agents"},
    ),
    "Azure": (
        "host=db.postgres.database.azure.com port=5432 dbname=agents user=app@db password='it''s' sslmode=require".replace("''", r"\'"),
        {"user": "app@db", "password": "it's", "sslmode": "require"},
    ),
    "Heroku": ("postgres://u1:s@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d1", {"user": "u1", "dbname": "d1"}),
    "Render": ("postgresql://app:s@dpg-abc-a.frankfurt-postgres.render.com/agents_x", {"dbname": "agents_x"}),
    "Aiven": ("postgres://avnadmin:s@pg-1.aivencloud.com:12691/defaultdb?sslmode=require", {"port": "12691"}),
    "Several hosts": (
        "postgresql://app:s@one:5433,two,[::1]:5435/agents?target_session_attrs=read-write&load_balance_hosts=random&connect_timeout=3",
        {"host": "one,two,::1", "port": "5433,5432,5435", "connect_timeout": "3", "target_session_attrs": "read-write"},
    ),
    "CockroachDB": (
        "postgresql://app:s@free.cockroachlabs.cloud:26257/agents?options=--cluster%3Dcool-cat-1&application_name=worker",
        {"options": "--cluster=cool-cat-1", "application_name": "worker"},
    ),
    "SQLAlchemy, asyncpg": ("postgresql+asyncpg://app:s@h/agents?ssl=require", {"sslmode": "require"}),
    "SQLAlchemy, psycopg": ("postgresql+psycopg://app:s@h/agents", {"host": "h"}),
    "JDBC's ssl": ("postgresql://app:s@h/agents?ssl=true", {"sslmode": "require"}),
    "keepalives": (
        "postgresql://app:s@h/agents?keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3&gssencmode=disable",
        {"keepalives_idle": "30", "gssencmode": "disable"},
    ),
    "a query that replaces": ("postgresql://app:s@first/one?host=second&dbname=two", {"host": "second", "dbname": "two"}),
    "a percent sign, encoded": (
        "postgresql://a%40b:p%25%40%3A%2F%23%3F%26%20+%C3%A9@h/d%20b",
        {"user": "a@b", "password": "p%@:/#?& +é", "dbname": "d b"},
    ),
    "what libpq lets stand": ("postgresql://app:p#w?[x]@h/agents", {"password": "p#w?[x]", "host": "h"}),
    "pairs": (r"  host = h  dbname='a b' password=p\ w\\ user=''", {"dbname": "a b", "password": "p w\\"}),
}


@pytest.fixture
def roots(tmp_path: Path) -> str:
    file = tmp_path / "roots.pem"
    file.touch()
    return str(file)


def _read(dsn: str, **environment: str) -> ConnectionParameters:
    return connection_parameters(resolve_dsn(dsn), environment)


@pytest.mark.parametrize("service", HANDED_OUT)
def test_a_dsn_is_the_same_to_both_drivers(service: str, roots: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: ssl.DefaultVerifyPaths(roots, None, "", "", "", ""))
    dsn, expected = HANDED_OUT[service]
    parameters = _read(dsn.replace("{roots}", roots))
    libpq = parameters.libpq()
    assert {name: libpq.get(name) for name in expected} == {name: value.replace("{roots}", roots) for name, value in expected.items()}
    for host, name, port in zip(parameters.hosts, libpq["host"].split(","), libpq["port"].split(","), strict=True):
        asyncpg = parameters.asyncpg(host, {"jit": "off"})
        assert (asyncpg["host"], asyncpg["port"]) == ([name], [int(port)])
        assert (asyncpg["user"], asyncpg["database"], asyncpg["password"]()) == (libpq["user"], libpq["dbname"], libpq.get("password"))
        settings = {"jit": "off", "application_name": libpq.get("application_name", "memdb"), "options": libpq.get("options")}
        assert asyncpg["server_settings"] == {name: value for name, value in settings.items() if value}
        assert f"sslmode={libpq['sslmode']}" in asyncpg["dsn"]
    assert _read(parameters.url()).libpq() == libpq
    assert "s@" not in repr(parameters)


LIBPQS = [
    "postgresql://u:p#w?[x]@h:1,i:2/d?application_name=a%20b+c",
    "postgresql:///d?host=/tmp&port=5433",
    "postgresql://[::1]:5433/",
    "postgresql://u@",
    "postgresql://?user=u&password=p%40w",
    r"host=h,i port=1,2 user = 'o''r' password='a\\b\' c'".replace("'o''r'", "'o r'"),
    "dbname = d user=u\n\thost=h",
]


@pytest.mark.parametrize("dsn", LIBPQS)
def test_the_grammar_is_libpqs(dsn: str) -> None:
    theirs = {name: value for name, value in conninfo_to_dict(dsn).items() if value}
    ours = _read(dsn).libpq()
    assert {name: ours[name] for name in theirs} == theirs


REFUSED = {
    "postgresql://u:p4ss@word@h/d": 'an "@" or a "/"',
    "postgresql://u:p4ss/word@h/d": 'an "@" or a "/"',
    "postgresql://u:p4ss/word": "parameter port",
    "postgresql://u:12/p4ss@h/d": 'an "@" or a "/"',
    "postgresql://u:12/p4ss?word=1@h/d": "not name=value",
    "postgresql://u[p4ss/word": "a host that cannot be read",
    "postgresql://[p4ss/d": "IPv6",
    "postgresql://u:p4ss%zz@h/d": "%25",
    "postgresql://u:p4ss%ff@h/d": "UTF-8",
    "postgresql://u:p4ss%00@h/d": "NUL",
    "postgresql://u:s@h:p4ss/d": "parameter port, which must be between 1 and 65535",
    "postgresql://u:s@h:0/d": "parameter port",
    "postgresql://u:s@h:65536/d": "parameter port",
    "postgresql://u:s@h:5432,i:5433/d?port=1,2,3": "parameter port, which must be one, or one for each host",
    "postgresql://u:s@h p4ss/d": "parameter host",
    "postgresql://u:s@h/d?p4ss": "not name=value",
    "postgresql://u:s@h/d?sslmode=p4ss": "parameter sslmode, which must be one of disable, allow, prefer",
    "postgresql://u:s@h/d?ssl=p4ss": "parameter ssl, which must be true",
    "postgresql://u:s@h/d?connect_timeout=p4ss": "parameter connect_timeout, which must be a whole number",
    "postgresql://u:s@h/d?pgbouncer=true": "parameter pgbouncer, which is none of libpq's: .*prepare=False",
    "postgresql://u:s@h/d?schema=x": "parameter schema",
    "postgresql://u:s@h/d?statement_timeout=5s": r"parameter statement_timeout, which is none of libpq's: .*options=-cstatement_timeout%3D",
    "postgresql://u:s@h/d?gssencmode=require": "parameter gssencmode, which memdb does not support",
    "postgresql://u:s@h/d?require_auth=scram-sha-256": "parameter require_auth, which memdb does not support",
    "postgresql://u:s@h/d?hostaddr=1.2.3.4": "parameter hostaddr, which memdb does not support beside a host",
    "postgresql://u:s@h/d?client_encoding=LATIN1": "parameter client_encoding",
    "postgresql://u:s@h/d?sslrootcert=/no/such/file": "parameter sslrootcert, which names a file that cannot be read",
    "postgresql://u:s@h/d?sslmode=require&sslrootcert=system": "parameter sslmode, which must be verify-full",
    "postgresql://u:s@h/d?sslnegotiation=direct": "parameter sslnegotiation",
    "host=h password='p4ss": "single quotes",
    "host=h password=p4ss word": "single quotes",
    "service=nowhere": "service nowhere is not defined in",
}


@pytest.mark.parametrize("dsn", REFUSED)
def test_what_is_refused_is_named_and_no_value_repeated(dsn: str) -> None:
    with pytest.raises(InvalidInput, match=REFUSED[dsn]) as refused:
        _read(dsn)
    shown = f"{refused.value!r} {refused.value} {refused.value.__cause__!r}"
    assert "p4ss" not in shown
    assert "word" not in shown.replace("password", "").replace("keyword", "")
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_the_environment_and_a_service_complete_a_dsn(tmp_path: Path) -> None:
    file = tmp_path / "services"
    file.write_text("# ours\n[other]\nhost=elsewhere\n[agents]\nhost=db\n  port=6000\npassword=50%off=;#\ndbname=\n")
    environment = {"PGSERVICEFILE": str(file), "PGHOST": "env", "PGUSER": "u", "PGDATABASE": "d", "PGAPPNAME": "a", "PGPORT": ""}
    found = {
        name: _read("service=agents port=7000", **environment).libpq()[name] for name in ("host", "port", "user", "dbname", "password")
    }
    assert found == {"host": "db", "port": "7000", "user": "u", "dbname": "d", "password": "50%off=;#"}
    named = _read("postgresql://", **environment, PGSERVICE="agents").libpq()
    assert (named["host"], named["port"], named["application_name"]) == ("db", "6000", "a")
    alone = _read("postgresql:///x", **environment).libpq()
    assert (alone["host"], alone["port"], alone["dbname"]) == ("env", "5432", "x")
    home = {"HOME": str(tmp_path)}
    (tmp_path / ".pg_service.conf").write_text(file.read_text())
    assert _read("postgresql://?service=other", **home).libpq()["host"] == "elsewhere"
    (tmp_path / ".pg_service.conf").write_text("[agents]\np4ss\n")
    with pytest.raises(InvalidInput, match="service cannot be read") as refused:
        _read("service=agents", **home)
    assert "p4ss" not in str(refused.value)


def test_a_variable_is_refused_by_its_own_name() -> None:
    for variable in ("PGSSLMODE", "PGREQUIREAUTH", "PGPORT", "PGCONNECT_TIMEOUT"):
        with pytest.raises(InvalidInput, match=rf"^{variable} "):
            _read("postgresql://h/d", **{variable: "p4ss"})


def test_a_password_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "passwords"
    file.write_text("# h:*:*:*:no\n\nshort:line\nh:5432:d:other:no\nh:5433:*:u:p\\:w\\\\d\n*:*:*:u:last:x\nlocalhost:*:*:s:sock\n")
    file.chmod(0o600)
    parameters = _read(f"postgresql://u@h,i:5433,h:5433/d?passfile={file}")
    passwords = [parameters.asyncpg(host, {})["password"]() for host in parameters.hosts]
    assert passwords == ["last", "last", "p:w\\d"]
    assert parameters.libpq()["passfile"] == str(file)
    by_socket = _read(f"postgresql://s@/d?host=/tmp&passfile={file}")
    assert by_socket.asyncpg(by_socket.hosts[0], {})["password"]() == "sock"
    file.chmod(0o644)
    assert parameters.asyncpg(parameters.hosts[0], {})["password"]() is None
    assert "0600" in caplog.text


def test_without_settings_a_pooler_is_sent_none() -> None:
    def settings(query: str) -> Any:
        parameters = _read(f"postgresql://u@h/d?{query}")
        return parameters.asyncpg(parameters.hosts[0], {})["server_settings"]

    assert settings("") == {}
    assert settings("application_name=worker") == {"application_name": "worker"}


def test_settings_join_the_options_that_there_are() -> None:
    parameters = _read("postgresql://u@h/d?options=-csearch_path%3Da,b").with_settings({"memdb.x": 3, "maintenance_work_mem": r"1 G\B"})
    assert parameters.libpq()["options"] == r"-csearch_path=a,b -c memdb.x=3 -c maintenance_work_mem=1\ G\\B"


def test_hosts_are_shuffled_where_that_is_asked_for() -> None:
    names = "".join(f"h{n}," for n in range(30)).strip(",")
    steady, random = _read(f"postgresql://u@{names}/d"), _read(f"postgresql://u@{names}/d?load_balance_hosts=random")
    assert steady.hosts_in_turn() == steady.hosts == random.hosts
    assert random.hosts_in_turn() != random.hosts
    assert sorted(random.hosts_in_turn()) == sorted(random.hosts)
