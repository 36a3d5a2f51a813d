"""The arguments of adapters: an executor of one tenant, and the owners of the data."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import check_for
from memdb.errors import InvalidInput, TenantRequired

_OWNERS: Final = {field: check_for(field, UUID | None) for field in ("agent_id", "user_id")}


def of_tenant(adapter: str, tenant: object, *, keeps: str = "what is one tenant's") -> Executor:
    """`tenant`, if it is an executor of one tenant; errors say what the adapter keeps.

    Raises InvalidInput if it is not an executor, TenantRequired for an executor of all tenants.
    """
    if not isinstance(tenant, Executor):
        raise InvalidInput("tenant", f"must be db.tenant(org_id) or a transaction on it, not {type(tenant).__name__}")
    if tenant.org_id is None:
        raise TenantRequired(f"{adapter} keeps {keeps}: make it of db.tenant(org_id)")
    return tenant


def owner_of(agent_id: UUID | None, user_id: UUID | None) -> dict[str, Any]:
    """The owners of the data, as arguments of each write. Raises InvalidInput if one is not a UUID."""
    return {field: check(id, 0) for (field, check), id in zip(_OWNERS.items(), (agent_id, user_id), strict=True)}
