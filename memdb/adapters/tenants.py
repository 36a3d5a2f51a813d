"""What an adapter is made of: an executor of one tenant."""

from __future__ import annotations

from memdb.engine.executor import Executor
from memdb.errors import InvalidInput, TenantRequired


def of_tenant(adapter: str, tenant: object, *, keeps: str = "what is one tenant's") -> Executor:
    """`tenant`, if it is an executor of one; errors say what the adapter keeps.

    Raises InvalidInput for what is no executor, TenantRequired for one of all tenants.
    """
    if not isinstance(tenant, Executor):
        raise InvalidInput("tenant", f"must be db.tenant(org_id) or a transaction on it, not {type(tenant).__name__}")
    if tenant.org_id is None:
        raise TenantRequired(f"{adapter} keeps {keeps}: make it of db.tenant(org_id)")
    return tenant
