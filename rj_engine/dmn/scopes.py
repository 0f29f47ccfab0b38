"""What an expression may name while it is compiled, and how its text becomes something to run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rj_engine import feel
from rj_engine.dmn.elements import Literal
from rj_engine.dmn.run import Evaluate, Frame
from rj_engine.dmn.type_book import TypeBook, placed
from rj_engine.dmn.types import Kind
from rj_engine.errors import Finding


@dataclass(frozen=True, slots=True)
class Scope:
    """The names known at one place of a model."""

    names: frozenset[str]
    types: TypeBook
    findings: list[Finding]
    owner: str
    """The decision or function this is part of, for a person to read."""

    def with_names(self, names: Iterable[str]) -> Scope:
        """The scope inside, where more is known."""
        return replace(self, names=self.names | set(names))

    def kind(self, reference: str | None, element: str | None = None, line: int | None = None) -> Kind:
        """The type of this name; an unknown one is a finding with its place."""
        before = len(self.findings)
        kind = self.types.get(reference)
        for index in range(before, len(self.findings)):
            found = self.findings[index]
            self.findings[index] = replace(found, element=found.element or element, line=found.line or line)
        return kind

    def literal(self, literal: Literal) -> Evaluate:
        """FEEL text as something to run; text that is not FEEL is a finding, and null when run all the same."""
        name = literal.text.strip()
        if self.is_a_name(name):
            return lambda frame: frame.names.get(name)
        expression = self.expression(literal)
        if expression is None:
            return _unreadable(literal)

        def evaluate(frame: Frame) -> object:
            run = frame.run
            noticed = run.feel.warnings
            before = len(noticed)
            try:
                return expression.evaluate(frame.names, run.feel)
            except feel.ExpressionRefused as refusal:
                run.refuse(placed(one, literal) for one in refusal.findings)
                return None
            finally:
                if len(noticed) > before:
                    for one in noticed[before:]:
                        run.keep(placed(one, literal))
                    del noticed[before:]

        return evaluate

    def is_a_name(self, text: str) -> bool:
        """Whether text is no more than one known name, which needs no evaluation."""
        return text in self.names and text.isidentifier()

    def expression(self, literal: Literal) -> feel.Expression | None:
        """FEEL text compiled, or None and a finding."""
        try:
            return feel.compile_expression(literal.text, self.names, self.types.mentioned(literal.text))
        except feel.ExpressionRefused as refusal:
            self.findings.extend(placed(one, literal) for one in refusal.findings)
            return None

    def unary(self, literal: Literal) -> feel.UnaryTests | None:
        """Unary tests compiled, or None and a finding."""
        try:
            return feel.compile_unary_tests(literal.text, self.names, self.types.mentioned(literal.text))
        except feel.ExpressionRefused as refusal:
            self.findings.extend(placed(one, literal) for one in refusal.findings)
            return None


def _unreadable(literal: Literal) -> Evaluate:
    def evaluate(frame: Frame) -> None:
        frame.run.fail("not_feel", "This is not FEEL, so it has no value.", literal.element, literal.line)

    return evaluate
