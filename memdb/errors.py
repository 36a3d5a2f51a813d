"""memdb's errors.

Every error that memdb raises deliberately is a `MemdbError`. No message contains a value of another tenant's row.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from memdb.error_bases import CallFailed as CallFailed
from memdb.error_bases import MemdbError as MemdbError
from memdb.error_preflight import DatabaseMissing as DatabaseMissing
from memdb.error_preflight import PgvectorMissing as PgvectorMissing
from memdb.error_preflight import PreflightFailed as PreflightFailed
from memdb.error_preflight import RowSecurityMissing as RowSecurityMissing
from memdb.error_preflight import SchemaMissing as SchemaMissing
from memdb.error_preflight import SchemaOutdated as SchemaOutdated
from memdb.error_preflight import SchemaTooNew as SchemaTooNew
from memdb.error_preflight import ServerTooOld as ServerTooOld
from memdb.error_preflight import UnsafeRole as UnsafeRole
from memdb.error_preflight import UnsafeSettings as UnsafeSettings
from memdb.error_preflight import WrongEncoding as WrongEncoding


class InvalidInput(MemdbError, ValueError):
    """An argument cannot be stored or searched for; nothing was changed.

    Of a batch or a list with more than one element, `index` is the place of the wrong one, counted from 0, in the argument `of`.
    """

    def __init__(self, field: str, rule: str, index: int | None = None, of: str = "items") -> None:
        super().__init__(f"{field} {rule}" if index is None else f"{field} {rule} ({of}[{index}])")
        self.field: Final = field
        self.rule: Final = rule
        self.index: Final = index
        self.of: Final = of


class NotFound(MemdbError, LookupError):
    """No live row of this kind has this key for this tenant: it never existed, is deleted or expired, or belongs to another tenant."""

    def __init__(self, kind: str, key: object = None) -> None:
        super().__init__(f"no such {kind}" if key is None else f"no such {kind}: {key}")
        self.kind: Final = kind
        self.key: Final = key


class AlreadyExists(MemdbError):
    """Another live row of the tenant has this value in a field that must be unique; nothing was changed."""

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(f"another {kind} has this {field}")
        self.kind: Final = kind
        self.field: Final = field


class VersionConflict(MemdbError):
    """The row has changed since the caller read it: its version is no longer `expected`; nothing was changed."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"expected version {expected}, found version {actual}; read it again and decide anew")
        self.expected: Final = expected
        self.actual: Final = actual


class DuplicateMemory(AlreadyExists):
    """The agent already has this memory, as `id`; nothing was added. None: as another item of the same batch."""

    def __init__(self, id: UUID | None) -> None:
        super().__init__("memory of the same agent and user" if id else "item of the batch", "content")
        self.id: Final = id


class WritesRefused(MemdbError):
    """The organization or agent (`kind`) is in a `state` in which it takes no writes: suspended, cancelled, archived or deleted."""

    def __init__(self, kind: str, state: str) -> None:
        super().__init__(f"the {kind} is {state}: it takes no writes")
        self.kind: Final = kind
        self.state: Final = state


class QuotaExceeded(MemdbError):
    """The tenant's quota of `kind` (memories, agents or monthly_tokens) has no room for this; nothing was changed."""

    def __init__(self, kind: str, quota: int) -> None:
        super().__init__(f"the quota of {quota} {kind.replace('_', ' ')} has no room for this")
        self.kind: Final = kind
        self.quota: Final = quota


class InvalidTransition(MemdbError):
    """A memory or session in the status `current` cannot take the status `wanted`; nothing was changed."""

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(f"what is {current} cannot become {wanted}")
        self.current: Final = current
        self.wanted: Final = wanted


class SessionClosed(MemdbError):
    """The session's `status` is not active: it takes no messages, checkpoints or events; nothing was changed."""

    def __init__(self, status: str) -> None:
        super().__init__(f"the session is closed: {status}")
        self.status: Final = status


class UnderLegalHold(MemdbError):
    """The legal hold `hold` forbids purging or erasing this; nothing was removed. Release it first."""

    def __init__(self, hold: str) -> None:
        super().__init__(f"under legal hold: {hold}")
        self.hold: Final = hold


class TokenRefused(MemdbError):
    """An API token gives no access. `reason` is malformed, unknown, revoked, expired, network, organization, user or agent."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"token refused: {reason}")
        self.reason: Final = reason


class TenantRequired(MemdbError, TypeError):
    """The statement works on one tenant's rows and was given an executor without one: use `db.tenant(org_id)`, or `db.admin(org_id)`."""


class PermissionDenied(MemdbError):
    """The role may not do this: an administrative function needs `db.admin()`, a tenant's function `db.tenant(org_id)`."""


class ConcurrentUse(MemdbError):
    """Two tasks used one transaction at the same time; give each its own, or await one call after the other."""


class ForeignUse(MemdbError):
    """A Database or a transaction was used in a forked child, or on another event loop than the one that connected it; nothing was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; nothing was sent")


class TransactionFailed(MemdbError):
    """The block ended normally, but a statement in it had failed and the error was swallowed: the transaction was rolled back."""


class TransactionEnded(MemdbError):
    """A Transaction was used after its block."""


class Unsupported(MemdbError):
    """The server or the adapter cannot do this, such as a serializable transaction on a replica, or a statement of SQLAlchemy's."""


class TransactionConflict(CallFailed):
    """The transaction collided with a concurrent one (serialization failure or deadlock) and was rolled back; it may be run again."""

    outcome = "rolled_back"


class ReadOnly(MemdbError):
    """The server or the transaction takes no writes (a replica, or `readonly=True`)."""


class OutOfResources(CallFailed):
    """The server lacks disk space, memory or another resource for this; nothing was changed."""

    outcome = "rolled_back"


class ServerError(MemdbError):
    """The server failed in a way that has no error class here; `sqlstate` says which. Nothing was changed."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(f"{message} (SQLSTATE {sqlstate})")
        self.sqlstate: Final = sqlstate


class Unavailable(CallFailed):
    """No working connection was available."""


class ServerUnreachable(Unavailable):
    """The server refuses connections or does not answer, which may be temporary; nothing was sent."""

    outcome = "not_sent"


class ConnectionLost(Unavailable):
    """The connection broke during the call. Whether a write was committed is unknown, except in a transaction that was still open."""


class AuthenticationFailed(MemdbError):
    """The server refused the login (its password, its name, pg_hba.conf), or its certificate is not trusted; retrying does not help."""


class PoolClosed(Unavailable):
    """The database was closed; nothing was sent. `connect` again: this Database will never answer, so it is not `retryable`."""

    outcome = "not_sent"

    @property
    def retryable(self) -> bool:
        return False


class DeadlineExceeded(CallFailed, TimeoutError):
    """The call did not finish within its timeout and was cancelled.

    Whether a write was committed is unknown, except in a transaction that was still open, and for what the server itself gave up
    (`statement_timeout`, `lock_timeout`).
    """


class PoolExhausted(DeadlineExceeded):
    """No connection became free within the timeout; nothing was sent. Raise `pool_size` or look for transactions that stay open."""

    outcome = "not_sent"


class DumpRefused(MemdbError):
    """A dump that cannot be restored into this database; nothing was changed."""


class DumpDamaged(DumpRefused):
    """The file is no dump, is cut short, or is not as it was written."""


class DumpTooNew(DumpRefused):
    """The dump's format is newer than this version of memdb: upgrade memdb."""


class DumpOfOtherSchema(DumpRefused):
    """The dump is of a database at another migration than this one; the message says which of the two to migrate."""


class SchemaMismatch(MemdbError):
    """A statement's columns are not the fields of its Struct: run `memdb check`."""


class QueryDefinitionError(MemdbError, TypeError):
    """A query function and its SQL file do not match; raised at import."""


class PackageUnusable(MemdbError):
    """An application's package cannot be used; nothing was changed.

    It cannot be imported, declares no `memdb.Package`, or its migrations do not fit memdb's.
    """


class EmbeddedServerError(MemdbError):
    """The embedded PostgreSQL could not be started or stopped."""


class ForeignDataFolder(EmbeddedServerError):
    """The folder contains something that memdb did not put there; it is left untouched."""


class DamagedDataFolder(EmbeddedServerError):
    """The folder is one of memdb's, but its database is incomplete or of another major version; it is left untouched."""


class ExtraMissing(MemdbError, ImportError):
    """`feature` needs optional dependencies: those of memdb's extra `extra`."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs memdb's extra [{extra}]: in a clone of memdb, pip install '.[{extra}]'")
        self.extra = extra
