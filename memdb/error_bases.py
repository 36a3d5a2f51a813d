"""The bases of memdb's errors: of all of them, and of those that concern a call rather than its arguments."""

from __future__ import annotations

from typing import Any, Literal

Outcome = Literal["not_sent", "rolled_back", "unknown"]
"""The known outcome of a failed call: nothing was sent; what was sent has changed nothing and never will; or neither is certain."""


def _rebuilt(kind: type[MemdbError], arguments: tuple[Any, ...]) -> MemdbError:
    return kind.__new__(kind, *arguments)


class MemdbError(Exception):
    """The base of all errors that memdb raises deliberately. They can be copied and pickled."""

    @property
    def retryable(self) -> bool:
        """Whether the same call may be repeated: it cannot take effect twice, and may succeed. True only for some `CallFailed` errors."""
        return False

    def __reduce__(self) -> tuple[Any, ...]:
        # Not by way of __init__, whose parameters differ from what Exception stores as `args`.
        return _rebuilt, (type(self), self.args), self.__dict__


class CallFailed(MemdbError):
    """A call failed for a reason other than its arguments: the server, the network, other transactions, or time.

    - `function`: the statement's function, such as "memories.get" or "myapp.reviews.get"; "transaction.begin" or "transaction.commit";
      "connect"; "ad hoc" for a statement without a file. None if the error was not raised by a call.
    - `seconds`: from the beginning of the call, including waiting for a connection, to its failure; None like `function`.
    - `writes`: False for a read, True for what may change something (for a commit: whether the transaction may have); None for `connect`.
    - `outcome`: "not_sent", "rolled_back", or "unknown". A transaction that fails before its COMMIT is sent has changed nothing.
    - `retryable`: True unless the outcome of a write is unknown. In a transaction, it refers to the transaction as a whole.
    """

    function: str | None = None
    seconds: float | None = None
    writes: bool | None = None
    outcome: Outcome = "unknown"

    @property
    def retryable(self) -> bool:
        return self.outcome != "unknown" or self.writes is False

    def __str__(self) -> str:
        told = f"{super().__str__()}; {self._consequence()}"
        if self.function is None or self.seconds is None:
            return told
        kind = {True: "a write, ", False: "a read, ", None: ""}[self.writes]
        return f"{told} ({self.function}, {kind}after {self.seconds:.3g} s)"

    def _consequence(self) -> str:
        if self.outcome == "not_sent":
            return "nothing was sent"
        if self.outcome == "rolled_back":
            return "nothing was changed, and it may be run again"
        if self.writes is False:
            return "it may be run again"
        return f"whether {'the' if self.writes else 'a'} write was committed is unknown"
