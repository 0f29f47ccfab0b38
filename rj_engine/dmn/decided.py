"""What a decision answers, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from rj_engine import feel
from rj_engine.errors import Finding


@dataclass(frozen=True, slots=True)
class FiredRow:
    """One row of one table that had its say."""

    table: str
    """The decision or function the table answers for."""
    row_id: str | None
    row_number: int
    label: str | None
    """The annotation beside the row, for a person to read."""
    outputs: dict[str, object]

    def as_json(self) -> dict[str, object]:
        """The row as plain JSON."""
        return {
            "table": self.table,
            "row": self.row_id,
            "number": self.row_number,
            "label": self.label,
            "outputs": feel.to_json(self.outputs),
        }


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer, the rows that fired, the inputs read and what an author or a lead should be told."""

    decision: str
    value: object
    fired: list[FiredRow] = field(default_factory=list)
    inputs: dict[str, object] = field(default_factory=dict)
    warnings: list[Finding] = field(default_factory=list)
    matched: bool = True
    """False when a table this answer rests on gave none: no row matched and it has no default, its rows
    contradicted each other, or a value lay outside those allowed. A gate then fails closed."""

    def as_json(self) -> dict[str, object]:
        """The whole answer as plain JSON, ready for the ledger."""
        return {
            "decision": self.decision,
            "value": feel.to_json(self.value),
            "matched": self.matched,
            "fired": [row.as_json() for row in self.fired],
            "inputs": feel.to_json(self.inputs),
            "warnings": [finding.as_json() for finding in self.warnings],
        }
