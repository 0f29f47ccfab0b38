"""Patterns for the engine whose time grows only with the text, never with the pattern's form: RE2."""

from __future__ import annotations

from typing import cast

from rj_engine.feel.patterns.reading import Again, Choice, Edge, Group, One, Piece, Repeat, Sequence


def is_linear(piece: Piece, *, any_case: bool) -> bool:
    r"""Tell whether RE2 can express a pattern exactly; it knows no `\\1` and no set less another."""
    if isinstance(piece, Again):
        return False
    if isinstance(piece, One):
        return piece.characters.is_linear(any_case=any_case)
    if isinstance(piece, Sequence | Choice):
        return all(is_linear(part, any_case=any_case) for part in piece.parts)
    return is_linear(piece.part, any_case=any_case) if isinstance(piece, Group | Repeat) else True


def written(piece: Piece, *, lines: bool) -> str:
    """Return a pattern as RE2 reads it; with `lines`, `^` and `$` also match at the ends of lines."""
    if isinstance(piece, One):
        return piece.characters.linear()
    if isinstance(piece, Edge):
        whole, line = {"^": ("\\A", "(?m:^)"), "$": ("\\z", "(?m:$)")}[piece.sign]
        return line if lines else whole
    if isinstance(piece, Sequence):
        return "".join(written(part, lines=lines) for part in piece.parts)
    if isinstance(piece, Choice):
        return "(?:" + "|".join(written(part, lines=lines) for part in piece.parts) + ")"
    if isinstance(piece, Group):
        return ("(" if piece.number else "(?:") + written(piece.part, lines=lines) + ")"
    return _repeat(cast("Repeat", piece), lines=lines)


def _repeat(piece: Repeat, *, lines: bool) -> str:
    most = "" if piece.most is None else piece.most
    return f"(?:{written(piece.part, lines=lines)}){{{piece.least},{most}}}" + ("" if piece.greedy else "?")
