"""The audit log: who did what to which resource; and the chain of hashes that shows whether it was tampered with.

memdb itself records administrative and security actions, each in the statement that does it. The changes of a memory are in its versions.
"""

from memdb.audit.chain import AuditFault, Seal, seal, verify
from memdb.audit.entries import AuditEntry, Filters, count, page, record

__all__ = [
    "AuditEntry",
    "AuditFault",
    "Filters",
    "Seal",
    "count",
    "page",
    "record",
    "seal",
    "verify",
]
