"""Statements without files, for `Executor.fetch`: named parameters, checked by their values, and rows of one class."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from memdb.engine.clearing import cleared
from memdb.engine.inputs import check_of_value
from memdb.engine.lexer import CLEARED_PARAMETER, TENANT_PARAMETER, compile_parameters
from memdb.engine.rows import NOTHING, shape_of
from memdb.errors import InvalidInput, QueryDefinitionError, TenantRequired

R = TypeVar("R")

# Everything by which a tenant is entered: the parameter's type, the function that its check calls, and the setting that this sets.
_ENTERS: Final = re.compile(r"\bmemdb\W*\.\W*(?:tenant|enter|org_id)\b", re.IGNORECASE)


class AdHoc(Generic[R]):
    """A compiled statement, and the class of its rows."""

    def __init__(self, row: Any, statement: str) -> None:
        try:
            self.text, self.parameters = compile_parameters(statement)
        except QueryDefinitionError as error:
            raise InvalidInput("statement", f"cannot be read: {error}") from None
        try:
            self._shape = shape_of(row) if row is not None else NOTHING
        except QueryDefinitionError as error:
            raise InvalidInput("row", f"cannot be read: {error}") from None
        self._columns_known = False
        entered = f"${self.parameters.index(TENANT_PARAMETER) + 1}::memdb.tenant" if TENANT_PARAMETER in self.parameters else None
        self._names_tenant = entered is not None and entered in self.text
        if _ENTERS.search(self.text.replace(entered, "") if entered else self.text):
            raise InvalidInput("statement", "must say the tenant as :org_id::memdb.tenant, and enter none in another way")

    def bind(self, of_executor: Mapping[str, Any], parameters: Mapping[str, Any], dimension: int) -> list[Any]:
        """The arguments in the order of the statement's parameters. Raises InvalidInput, TenantRequired."""
        org_id = of_executor[TENANT_PARAMETER]
        if org_id is None and TENANT_PARAMETER in self.parameters:
            raise TenantRequired("the statement works on one tenant's rows: run it on db.tenant(org_id)")
        if org_id is not None and not self._names_tenant:
            raise InvalidInput("statement", "must filter by org_id = :org_id::memdb.tenant: without it no row of the tenant is seen")
        never_given = {**of_executor, CLEARED_PARAMETER: cleared(parameters, parameters)}
        wanted = {name for name in self.parameters if name not in never_given}
        for name in sorted(parameters.keys() | wanted):
            if name in never_given:
                raise InvalidInput(name, "comes from the executor or the call, and cannot be given")
            if name not in wanted:
                raise InvalidInput(name, "is no parameter of the statement")
            if name not in parameters:
                raise InvalidInput(name, "must be given: it is a parameter of the statement")
        if CLEARED_PARAMETER not in self.parameters and (refused := never_given[CLEARED_PARAMETER]):
            raise InvalidInput(refused[0], f"must not be CLEAR: the statement does not ask for :{CLEARED_PARAMETER}")
        checked = {name: check_of_value(name, value, dimension) for name, value in parameters.items()}
        return [never_given[name] if name in never_given else checked[name] for name in self.parameters]

    def decode(self, records: Sequence[Any]) -> list[R]:
        """The rows. Raises SchemaMismatch."""
        if records and not self._columns_known:
            self._shape.compare(records[0], returned_by="the statement", wanted_by="its rows' class")
            self._columns_known = True
        return [self._shape.decode(record) for record in records]


_compiled: Final = lru_cache(maxsize=1000)(AdHoc[Any])


def adhoc(row: Any, statement: str) -> AdHoc[Any]:
    """The compiled statement, cached by text and class. Raises InvalidInput."""
    return _compiled(row, statement)
