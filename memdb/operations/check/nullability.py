"""Whether an outer join of a statement's plan can make a column of its result NULL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


class Nullability:
    """The relations of a plan that are on the nullable side of an outer join, also through CTEs.

    `read` are all relations that it reads, by schema and name.
    """

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._output = _output_of(plan)
        self.read: set[tuple[str, str]] = set()
        self._filled: set[tuple[str, str]] = set()
        self._filled_ctes: set[str] = set()
        self._safe_aliases: set[str] = set()
        self._filled_aliases: set[str] = set()
        # A CTE's plan is attached to a node above its scans, so what is found out about the scans requires another walk, until nothing
        # changes.
        known = -1
        while known != len(self._filled) + len(self._filled_ctes):
            known = len(self._filled) + len(self._filled_ctes)
            self._safe_aliases.clear()
            self._filled_aliases.clear()
            self._walk(plan, nullable=False)

    def never_fills(self, at: int, origin: tuple[str, str]) -> bool:
        """Whether no outer join can make the result's column number `at`, which comes from the relation `origin`, NULL."""
        # The plan's output names the scan ("m.id"), which is exact; a relation may be scanned more than once, or be removed by the planner.
        alias = self._output[at].partition(".")[0] if at < len(self._output) else ""
        return alias in self._safe_aliases - self._filled_aliases or (origin in self.read and origin not in self._filled)

    def _walk(self, node: Mapping[str, Any], *, nullable: bool) -> None:
        if "Relation Name" in node:
            self.read.add((node["Schema"], node["Relation Name"]))
            if nullable:
                self._filled.add((node["Schema"], node["Relation Name"]))
            (self._filled_aliases if nullable else self._safe_aliases).update(_aliases_of(node))
        if nullable and "CTE Name" in node:
            self._filled_ctes.add(node["CTE Name"])
        join = node.get("Join Type")
        for child in node.get("Plans", ()):
            side = child.get("Parent Relationship")
            filled = join == "Full" or (join, side) in (("Left", "Inner"), ("Right", "Outer"))
            if side == "InitPlan":
                self._walk(child, nullable=child.get("Subplan Name", "").removeprefix("CTE ") in self._filled_ctes)
            else:
                self._walk(child, nullable=nullable or filled)


def _output_of(plan: Mapping[str, Any]) -> list[str]:
    """A plan's columns; a node that combines partitions has those of the first."""
    if "Output" in plan or not plan.get("Plans"):
        return list(plan.get("Output", ()))
    return _output_of(plan["Plans"][0])


def _aliases_of(scan: Mapping[str, Any]) -> list[str]:
    """A scan's alias; for a partition, whose alias has a number, also that of the whole table."""
    alias = scan["Alias"]
    return [alias, re.sub(r"_\d+$", "", alias)] if scan.get("Parent Relationship") == "Member" else [alias]
