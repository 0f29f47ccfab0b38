"""Why a decision file cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

from rj_engine.errors import Finding, Refused


class DecisionRefused(Refused):
    """This decision file cannot be used."""

    code = "decision_refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        """`findings` holds at least one; the sentence shown is the first."""
        self.findings = list(findings)
        first = self.findings[0].message
        super().__init__(f"{(type(self).__doc__ or '').strip()} {first}", findings=len(self.findings))


class UnknownDecision(Refused):
    """There is no decision of that name in this file."""

    code = "unknown_decision"
