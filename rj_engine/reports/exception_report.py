"""The one page for the commissioner: what was asked of prisons, what came of it; no person and no place is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rj_engine.letters import pdf
from rj_engine.letters.document import Block, Document, Heading, Listing, Paragraph, Span
from rj_engine.prisons import reference
from rj_engine.reports import deciders
from rj_engine.reports.permission_figures import LOST, Figures
from rj_engine.reports.usual import share

MOST_REASONS = 5
COMPARED = ("prison", "rehub")
"""Whose time is told apart: establishments against the re:hub."""


def made(figures: Figures, service: str, on: date) -> bytes:
    """The report as a tagged PDF."""
    return pdf.made(document(figures, service, on))


def document(figures: Figures, service: str, on: date) -> Document:
    """The report in words; n of N, and no percentage under ten."""
    title = "Permission of prisons: report for the commissioner"
    return Document(title, _day(on), tuple(_blocks(figures, service, title)))


def _blocks(figures: Figures, service: str, title: str) -> Iterator[Block]:
    yield Heading(1, (Span(title),))
    yield _said(f"{service}. Requests sent from {_day(figures.since)} to {_day(figures.until)}.")
    yield Heading(2, (Span("What came of it"),))
    yield _list(_outcomes(figures))
    yield Heading(2, (Span("How long it takes"),))
    yield _list(_times(figures))
    if figures.refusals:
        yield Heading(2, (Span("Why it was refused"),))
        yield _list(_reasons(figures))
    yield _said(
        "Working days of England and Wales from the day a request arrived. Requests that still wait are counted for "
        "as long as they have waited. No person and no place is named in this report."
    )


def _outcomes(figures: Figures) -> Iterator[str]:
    every = figures.requests
    yield f"Granted: {share(figures.granted, every)}; with conditions: {share(figures.with_conditions, every)}."
    yield f"Refused: {share(figures.refused, every)}. Still waiting: {share(figures.waiting, every)}."
    how = ", ".join(f"{LOST[why]} {count}" for why, count in figures.lost_how.items())
    yield f"Lost while waiting: {share(figures.lost, every)}{f' ({how})' if how else ''}."
    yield f"Went on in an indirect way: {share(figures.indirect, every)}."
    yield f"Not known to have arrived: {share(figures.undelivered, every)}."


def _times(figures: Figures) -> Iterator[str]:
    if figures.all_decided is None:
        yield "Nothing has been decided yet."
        return
    yield f"All decisions: {figures.all_decided.words} working days."
    for route, known in figures.by_route.items():
        yield f"{reference.ROUTES.get(route, route)}: {known.words}."
    for decider in COMPARED:
        if decider in figures.by_decider:
            yield f"Decided by: {deciders.words(decider)}: {figures.by_decider[decider].words}."
    theirs = figures.days_all - figures.days_ours - figures.days_victims
    ours, victims = f"{figures.days_ours} were ours", f"{figures.days_victims} the victim's"
    yield f"Of {figures.days_all} days of waiting {ours}, {victims}, {theirs} theirs."
    if figures.curve is not None:
        half = figures.curve.median
        yield f"Half are decided within {half} working days." if half is not None else "Fewer than half are decided."


def _reasons(figures: Figures) -> Iterator[str]:
    known = reference.reasons()
    for each in figures.refusals[:MOST_REASONS]:
        words = known[each.reason].label if each.reason in known else "No reason was given"
        decider = deciders.words(each.decided_by) or "Nobody knows who"
        yield f"{words}. {decider} decided: {share(each.count, figures.refused)}."


def _said(words: str) -> Paragraph:
    return Paragraph(((Span(words),),))


def _list(items: Iterator[str]) -> Listing:
    return Listing(tuple((Span(item),) for item in items))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
