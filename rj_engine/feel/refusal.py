"""How the language says no: a refusal for the caller, a fault that becomes null, and the place it happened."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from rj_engine.errors import Finding, Refused


class ExpressionRefused(Refused):
    """This expression cannot be used as it stands."""

    code: ClassVar[str] = "expression_refused"

    def __init__(self, findings: list[Finding]) -> None:
        """Say the first finding; all of them are kept."""
        self.findings = findings
        super().__init__(findings[0].message)


class Fault(Exception):
    """A value that the standard makes null, and why; it never leaves this package."""

    def __init__(self, message: str, code: str = "no_value") -> None:
        self.message = message
        self.code = code
        super().__init__(message)


class Place:
    """Where in which text something stands; line and column are worked out only when someone asks."""

    __slots__ = ("at", "text")

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at

    def finding(self, code: str, message: str, severity: str = "error") -> Finding:
        """Return what is wrong here, with line and column from 1."""
        before = self.text[: self.at]
        line = before.count("\n") + 1
        column = self.at - (before.rfind("\n") + 1) + 1
        return Finding(code, message, line=line, column=column, severity=severity)


def refuse(code: str, message: str, place: Place | None = None) -> NoReturn:
    """Stop with one finding."""
    finding = place.finding(code, message) if place else Finding(code, message)
    raise ExpressionRefused([finding])
