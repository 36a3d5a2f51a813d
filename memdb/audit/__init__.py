"""The audit log: who did what to which resource; and the hash chain that shows tampering.

memdb records administrative and security actions itself, each in the statement that performs it. Changes of a memory are in its versions.
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
