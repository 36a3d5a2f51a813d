"""What an adapter is made of: an executor of one tenant, and whose the data is."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from memdb.engine.executor import Executor
from memdb.engine.inputs import check_for
from memdb.errors import InvalidInput, TenantRequired

_OWNERS: Final = {field: check_for(field, UUID | None) for field in ("agent_id", "user_id")}


def of_tenant(adapter: str, tenant: object, *, keeps: str = "what is one tenant's") -> Executor:
    """`tenant`, if it is an executor of one; errors say what the adapter keeps.

    Raises InvalidInput for what is no executor, TenantRequired for one of all tenants.
    """
    if not isinstance(tenant, Executor):
        raise InvalidInput("tenant", f"must be db.tenant(org_id) or a transaction on it, not {type(tenant).__name__}")
    if tenant.org_id is None:
        raise TenantRequired(f"{adapter} keeps {keeps}: make it of db.tenant(org_id)")
    return tenant


def owner_of(agent_id: UUID | None, user_id: UUID | None) -> dict[str, Any]:
    """Whose the data is, as each write takes it. Raises InvalidInput for what is no UUID."""
    return {field: check(id, 0) for (field, check), id in zip(_OWNERS.items(), (agent_id, user_id), strict=True)}
