"""Patterns that the linear engine cannot express, tried step by step within the budget of the run.

A pattern becomes a small program; the machine keeps its choices on its own stack, so no text or pattern can
exhaust Python's.
"""

from __future__ import annotations

from typing import Any

from rj_engine.feel.limits import Run
from rj_engine.feel.patterns.reading import Again, Choice, Edge, Group, One, Piece, Repeat, Sequence
from rj_engine.feel.refusal import Fault

_PROGRAM_LENGTH = 5_000
_UNITS_A_STEP = 3
ONE, EDGE, AGAIN, SAVE, FORK, JUMP, MARK, MOVED, FOUND = range(9)
Step = tuple[int, Any, Any]
Saved = tuple[int, ...]


class Program:
    """A pattern as steps."""

    def __init__(self, piece: Piece, groups: int) -> None:
        self.steps: list[Step] = []
        self.groups = groups
        self.marks = 0
        self._add(piece)
        self._emit(FOUND)

    def _emit(self, kind: int, first: Any = None, second: Any = None) -> int:
        if len(self.steps) >= _PROGRAM_LENGTH:
            raise Fault("This pattern is too large.", "bad_pattern")
        self.steps.append((kind, first, second))
        return len(self.steps) - 1

    def _add(self, piece: Piece) -> None:
        if isinstance(piece, One):
            self._emit(ONE, piece.characters)
        elif isinstance(piece, Edge):
            self._emit(EDGE, piece.sign)
        elif isinstance(piece, Again):
            self._emit(AGAIN, piece.number)
        else:
            self._add_parts(piece)

    def _add_parts(self, piece: Sequence | Choice | Group | Repeat) -> None:
        if isinstance(piece, Sequence):
            for part in piece.parts:
                self._add(part)
        elif isinstance(piece, Choice):
            self._add_choice(piece)
        elif isinstance(piece, Group):
            self._add_group(piece)
        else:
            self._add_repeat(piece)

    def _add_group(self, group: Group) -> None:
        if group.number is None:
            self._add(group.part)
            return
        self._emit(SAVE, group.number * 2)
        self._add(group.part)
        self._emit(SAVE, group.number * 2 + 1)

    def _add_choice(self, choice: Choice) -> None:
        jumps: list[int] = []
        for part in choice.parts[:-1]:
            fork = self._emit(FORK)
            self._add(part)
            jumps.append(self._emit(JUMP))
            self.steps[fork] = (FORK, fork + 1, len(self.steps))
        self._add(choice.parts[-1])
        for jump in jumps:
            self.steps[jump] = (JUMP, len(self.steps), None)

    def _add_repeat(self, repeat: Repeat) -> None:
        for _ in range(repeat.least):
            self._add(repeat.part)
        if repeat.most is None:
            self._add_loop(repeat)
            return
        forks: list[int] = []
        for _ in range(repeat.most - repeat.least):
            forks.append(self._emit(FORK))
            self._add(repeat.part)
        for fork in forks:
            self.steps[fork] = self._fork(fork + 1, len(self.steps), greedy=repeat.greedy)

    def _add_loop(self, repeat: Repeat) -> None:
        mark = self.marks
        self.marks += 1
        fork = self._emit(FORK)
        self._emit(MARK, mark)
        self._add(repeat.part)
        self._emit(MOVED, mark)
        self._emit(JUMP, fork)
        self.steps[fork] = self._fork(fork + 1, len(self.steps), greedy=repeat.greedy)

    @staticmethod
    def _fork(inside: int, after: int, *, greedy: bool) -> Step:
        return (FORK, inside, after) if greedy else (FORK, after, inside)


class Machine:
    """A program at work on a text."""

    def __init__(self, program: Program, *, any_case: bool, lines: bool) -> None:
        self._program = program
        self._any_case = any_case
        self._lines = lines

    def match_at(self, text: str, start: int, run: Run) -> Saved | None:
        """Return where the match from `start` and its groups begin and end, None for no match."""
        program = self._program
        nothing = (-1,) * ((program.groups + 1) * 2 + program.marks)
        waiting: list[tuple[int, int, Saved]] = [(0, start, nothing)]
        while waiting:
            found = self._follow(*waiting.pop(), text, waiting, run)
            if found is not None:
                return (start, found[0], *found[1][2:])
        return None

    def _follow(
        self, step: int, at: int, saved: Saved, text: str, waiting: list[tuple[int, int, Saved]], run: Run
    ) -> tuple[int, Saved] | None:
        steps = self._program.steps
        marks = (self._program.groups + 1) * 2
        while True:
            run.spend(_UNITS_A_STEP)
            kind, first, second = steps[step]
            step += 1
            if kind == FOUND:
                return at, saved
            if kind == FORK:
                waiting.append((second, at, saved))
                step = first
            elif kind == JUMP:
                step = first
            elif kind in {SAVE, MARK}:
                place = first + (marks if kind == MARK else 0)
                saved = (*saved[:place], at, *saved[place + 1 :])
            else:
                length = self._taken(kind, first, at, saved, text)
                if length < 0:
                    return None
                at += length

    def _taken(self, kind: int, what: Any, at: int, saved: Saved, text: str) -> int:
        """Return how many characters a step takes, -1 when it fails."""
        if kind == ONE:
            return 1 if at < len(text) and what.holds(text[at], any_case=self._any_case) else -1
        if kind == EDGE:
            return 0 if self._at_edge(what == "^", at, text) else -1
        if kind == MOVED:
            return 0 if saved[(self._program.groups + 1) * 2 + what] != at else -1
        return self._repeated(text, at, saved[what * 2], saved[what * 2 + 1])

    def _at_edge(self, first: bool, at: int, text: str) -> bool:
        if first:
            return at == 0 or (self._lines and text[at - 1] == "\n")
        return at == len(text) or (self._lines and text[at] == "\n")

    def _repeated(self, text: str, at: int, start: int, end: int) -> int:
        before = text[start:end] if end >= 0 else ""
        now = text[at : at + len(before)]
        same = now.lower() == before.lower() if self._any_case else now == before
        return len(before) if same else -1
