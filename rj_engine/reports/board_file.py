"""The board as a file: CSV or a workbook, in which no cell is ever read as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

import xlsxwriter

from rj_engine.prisons import reference
from rj_engine.reports.stalls import MOVES, Stall

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS: Final = (
    "Case", "Asked for", "Place", "Route", "Sent on", "Arrived on", "Working days", "Calendar days", "Our days",
    "The victim's days", "Their days", "Age", "Usual there", "Whose move", "Open tasks", "Next on", "Next rung",
    "Last chased on", "Chases", "Promised for", "Stopped until", "Held up by", "Victim told on", "Victim asked on",
    "Facilitator",
)  # fmt: skip
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the beginning of a formula."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""So that spreadsheets read the file as UTF-8."""
Cell = str | int


def as_csv(rows: Sequence[Stall]) -> bytes:
    """One line a request."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows([_plain(cell) for cell in _cells(row)] for row in rows)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def as_workbook(rows: Sequence[Stall]) -> bytes:
    """One sheet; text is written as text, whatever it begins with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Prison board")
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(_cells(row)):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, _plain(cell))
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def _plain(cell: Cell) -> str:
    """The cell as text; an apostrophe before whatever a spreadsheet would work out."""
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(FORMULA) else text


def _cells(row: Stall) -> Iterator[Cell]:
    yield from (row.case, row.kind, row.place, reference.ROUTES.get(row.route, row.route))
    yield from (row.sent_on.isoformat(), row.delivered_on.isoformat() if row.delivered_on else "")
    yield from (row.days.total, row.calendar_days, row.days.ours, row.days.victims, row.days.theirs, row.band)
    yield from (row.usual.words if row.usual else "", MOVES[row.move])
    yield ", ".join(step.name for step in row.steps)
    yield row.next_on.isoformat() if row.next_on else ""
    yield row.next_rung.label if row.next_rung else ""
    yield row.last_chased_on.isoformat() if row.last_chased_on else ""
    yield row.chases
    yield from (day.isoformat() if day else "" for day in (row.promised_on, row.held_until))
    yield row.held_up_by
    yield from (day.isoformat() if day else "" for day in (row.victim_told_on, row.victim_asked_on))
    yield row.owner or "Nobody yet"
