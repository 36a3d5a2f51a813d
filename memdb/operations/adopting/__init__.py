"""Adopting: importing another system's tables into a tenant, as the adapter for that system would have written the data.

    adopted = await adopting.adopt(tenant, adopting.SYSTEMS["langgraph"], "postgresql://localhost/app")

A system is declared by statements over its own tables (`declared`, `systems`). Each reads rows of one of a few shapes, and a shape has the
statements that put such rows into an area's tables. Rows pass through as bytes, except those of a system whose adapter does more than
statements can express: they are handed to the adapter (`declared.Handed`). `memdb.adapters.adoptable` knows all systems.
"""

from memdb.operations.adopting.adopting import Adopted, Progress, adopt
from memdb.operations.adopting.declared import System
from memdb.operations.adopting.landing import RowRefused
from memdb.operations.adopting.rows import LeftOut
from memdb.operations.adopting.systems import SYSTEMS

__all__ = ["SYSTEMS", "Adopted", "LeftOut", "Progress", "RowRefused", "System", "adopt"]
