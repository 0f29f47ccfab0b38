"""Decision tables, compiled once: DMN 1.5, 8."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rj_engine.dmn import elements
from rj_engine.dmn.columns import Column, compile_column
from rj_engine.dmn.decided import FiredRow
from rj_engine.dmn.hit_policies import POLICIES, Conclusion, Hits
from rj_engine.dmn.outputs import Answers, Outputs, compile_answers
from rj_engine.dmn.run import Evaluate, Frame
from rj_engine.dmn.scopes import Scope
from rj_engine.errors import Finding


@dataclass(slots=True)
class Table:
    """A table ready to answer."""

    box: elements.DecisionTable
    owner: str
    columns: list[Column]
    answers: Answers
    policy: Callable[[Hits], Conclusion]
    labels: list[str | None]

    def decide(self, frame: Frame) -> object:
        """Answer as the hit policy says and record the rows that fired.

        With no matching row it answers its default; without one, null, and the run is marked unmatched.
        """
        alive = (1 << len(self.box.rows)) - 1
        for column in self.columns:
            through = column.let_through(frame, alive)
            if through is None:
                return None
            alive &= through
        return self._conclude(frame, alive) if alive else self._no_row(frame)

    def _conclude(self, frame: Frame, alive: int) -> object:
        read: dict[int, Outputs] = {}

        def outputs(row: int) -> Outputs:
            if row not in read:
                read[row] = self.answers.of_row(row, frame)
            return read[row]

        hits = Hits(
            rows=[index for index in range(len(self.labels)) if alive >> index & 1],
            answer=lambda row: self.answers.value(outputs(row)),
            rank=lambda row: self.answers.rank(outputs(row)),
            run=frame.run,
            table=self.owner,
            element=self.box.element,
            row_name=self._row_name,
        )
        conclusion = self.policy(hits)
        self._record(frame, conclusion.rows, outputs)
        return conclusion.value

    def _record(self, frame: Frame, rows: Iterable[int], outputs: Callable[[int], Outputs]) -> None:
        for index in rows:
            row = self.box.rows[index]
            frame.run.fire(FiredRow(self.owner, row.element, row.number, self.labels[index], dict(outputs(index))))

    def _no_row(self, frame: Frame) -> object:
        if self.answers.has_default():
            return self.answers.value(self.answers.default(frame))
        frame.run.fail("no_row", f"No row of {self.owner} matches, and it has no default.", self.box.element)
        return None

    def _row_name(self, index: int) -> str:
        row = self.box.rows[index]
        return row.element or f"row {row.number}"


def compile_table(box: elements.DecisionTable, scope: Scope) -> Evaluate:
    """Something that answers as the table does."""
    policy = POLICIES.get((box.hit_policy, box.aggregation))
    if policy is None or (box.aggregation and len(box.outputs) > 1):
        message = f"{box.aggregation} needs the hit policy COLLECT and a single output."
        scope.findings.append(Finding("no_aggregate", message, element=box.element, line=box.line))
        policy = POLICIES[box.hit_policy, None]
    return Table(
        box=box,
        owner=scope.owner,
        columns=[compile_column(box, index, scope) for index in range(len(box.inputs))],
        answers=compile_answers(box, scope),
        policy=policy,
        labels=[row.description or " · ".join(one for one in row.notes if one) or None for row in box.rows],
    ).decide
