"""Google's Agent Development Kit over memdb: services of sessions and of memory.

    async with memdb.connect(dsn) as db:
        tenant = db.tenant(org_id)
        runner = Runner(
            agent=agent,
            app_name="app",
            session_service=MemdbSessionService(tenant),
            memory_service=MemdbMemoryService(tenant),
        )

or, as with ADK's DatabaseSessionService, from a connection string:

    service = MemdbSessionService.from_url(dsn)
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.google_adk.memories import MemdbMemoryService
    from memdb.adapters.google_adk.sessions import MemdbSessionService
except ImportError as error:
    raise ExtraMissing("the Agent Development Kit's services", "google-adk") from error

__all__ = ["MemdbMemoryService", "MemdbSessionService"]
