"""The board shows every request that waits, whose move it is and how it stands against what is usual there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.database import db
from rj_engine.prisons import custody, waiting
from rj_engine.reports import board_file, stalls, usual
from rj_engine.reports.stalls import Wanted
from tests.browsing import signed_in, token
from tests.builders import a_case
from tests.places import Product
from tests.prisons.asked import Asking, a_request, a_stay

TODAY = date(2024, 2, 9)
"""A Friday, twenty-four working days after the eighth of January."""


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(datetime(2024, 2, 9, 9, 0, tzinfo=UTC)):
        yield


def shown(product: Product, who: str = "lead", **wanted: str) -> list[stalls.Stall]:
    return list(stalls.board(product.session, product.actor(who), Wanted(**wanted), TODAY).rows)


def test_a_request_that_waits_stands_with_its_age_its_place_and_its_next_rung(product: Product) -> None:
    asking = Asking.sent(product)

    [row] = shown(product)

    assert (row.case, row.kind, row.band, row.move) == (asking.reference, "access", "20 to 39", "them")
    assert (row.days.total, row.days.theirs, row.calendar_days) == (24, 24, 32)
    assert row.next_rung is not None
    assert (row.next_rung.day, row.next_on) == (5, date(2024, 1, 15))
    assert [step.element for step in row.steps] == ["prison_ladder/record_answer"]


def test_an_open_chase_is_our_move_and_a_promised_day_is_theirs(product: Product) -> None:
    asking = Asking.sent(product)
    with clock.at(asking.ring()):
        assert [row.move for row in shown(product)] == ["us"]
        asking.do("chase", chase_result="promised", hold_until="2024-03-01")

    [row] = shown(product)
    assert (row.move, row.held_until, row.promised_on) == ("them", date(2024, 3, 1), date(2024, 3, 1))


def test_a_case_in_which_nothing_would_happen_stands_first_as_our_fault(product: Product) -> None:
    Asking.sent(product)
    forgotten = a_case(product)
    a_request(forgotten, a_stay(forgotten), on=date(2024, 2, 7))

    rows = shown(product)

    assert [row.move for row in rows] == ["fault", "them"]
    assert rows[0].case == forgotten.reference
    assert "Our fault" in signed_in(product, "lead").get("/prisons").text


def test_days_that_were_ours_or_the_victims_are_not_theirs_and_none_counts_twice(product: Product) -> None:
    case = a_case(product)

    def held(on: str, result: str, until: str) -> dict[str, str]:
        return {"rung": "5", "to": "pom", "channel": "phone", "on": on, "result": result, "hold_until": until}

    chases = [held("2024-01-15", "our_side", "2024-01-22"), held("2024-01-18", "our_side", "2024-01-22")]
    row = a_request(case, a_stay(case), chases=[*chases, held("2024-01-29", "victim_side", "2024-01-31")])

    assert waiting.days_of(row, TODAY) == waiting.Days(24, 5, 2)


def test_what_is_granted_closed_or_somebody_elses_is_not_on_it(product: Product) -> None:
    granted, closed, waits = a_case(product), a_case(product), a_case(product)
    a_request(granted, a_stay(granted), decision="granted", decided_on=TODAY)
    a_request(closed, a_stay(closed))
    closed.status = "closed"
    a_request(waits, a_stay(waits))
    db.session.commit()

    assert [row.case for row in shown(product)] == [waits.reference]
    assert shown(product, "referrer") == []
    assert shown(product, "lead.sample") == []


def test_a_case_that_has_moved_stays_on_the_board_until_the_new_place_is_asked(product: Product) -> None:
    case = a_case(product)
    a_request(case, a_stay(case))
    custody.leave(db.session(), case.id, clock.now())
    db.session.commit()

    assert [row.moved for row in shown(product)] == [True]


def test_the_wait_is_held_against_what_is_usual_at_that_place(product: Product) -> None:
    for days in range(1, 12):
        done = a_case(product)
        a_request(done, a_stay(done), decision="refused", victim_choice="victim_stops", days_taken=days)
    case = a_case(product)
    a_request(case, a_stay(case))

    [row] = shown(product)

    assert row.usual is not None
    assert (row.usual.n, row.usual.median, row.usual.p90) == (11, 6, 10)
    assert row.longer_than_usual == "longer than nine in ten there"


def test_below_ten_there_is_no_percentage_and_no_percentile() -> None:
    assert usual.share(3, 4) == "3 of 4"
    assert usual.share(3, 12) == "3 of 12 (25 %)"
    few = usual.usual([(4, 1), (9, 2)])
    assert few is not None
    assert (few.median, few.least, few.most, few.p90) == (9, 4, 9, None)
    assert usual.usual([]) is None


def test_the_pages_follow_on_one_another_even_when_a_row_has_gone(product: Product) -> None:
    by = product.actor("lead")
    for number in range(5):
        case = a_case(product)
        a_request(case, a_stay(case), on=date(2024, 1, 8 + number))
    first = stalls.board(product.session, by, Wanted(), TODAY, limit=2)
    gone = product.session.get_one(stalls.PrisonRequest, first.rows[1].id)
    gone.decision = "granted"
    db.session.commit()

    second = stalls.board(product.session, by, Wanted(), TODAY, cursor=first.next_cursor or "", limit=2)
    third = stalls.board(product.session, by, Wanted(), TODAY, cursor=second.next_cursor or "", limit=2)

    seen = [row.case for page in (first, second, third) for row in page.rows]
    assert len(seen) == len(set(seen)) == 5
    assert third.next_cursor is None
    with pytest.raises(stalls.NoSuchPage):
        stalls.board(product.session, by, Wanted(), TODAY, cursor="no page")


@pytest.mark.parametrize("sort", stalls.SORTS)
def test_every_order_shows_every_row(sqlite_product: Product, sort: str) -> None:
    for number in range(3):
        case = a_case(sqlite_product)
        chased = date(2024, 1, 20 + number) if number else None
        a_request(case, a_stay(case, ("MSI", "EYI", "WCI")[number]), last_chased_on=chased, promised_on=chased)

    rows = shown(sqlite_product, sort=sort)

    assert len(rows) == 3
    assert len(shown(sqlite_product, place="EYI")) == 1


def test_a_file_holds_no_formula(sqlite_product: Product) -> None:
    case = a_case(sqlite_product)
    a_request(case, a_stay(case), route="=1+1")
    rows = shown(sqlite_product)

    text = board_file.as_csv(rows).decode("utf-8-sig")
    [line] = list(csv.DictReader(io.StringIO(text)))
    assert (line["Case"], line["Route"]) == (case.reference, "'=1+1")

    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(board_file.as_workbook(rows))).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet[2] if "=1+1" in str(cell.value)] == ["s"]


def test_a_view_is_kept_opened_and_removed(sqlite_product: Product) -> None:
    client = signed_in(sqlite_product, "lead")
    csrf = token(client.get("/prisons").text)

    client.post("/prisons/views", data={"csrf_token": csrf, "name": "Silent", "move": "them", "sort": "told"})
    page = client.get("/prisons").text
    assert "/prisons?sort=told&amp;move=them" in page
    client.post("/prisons/views", data={"csrf_token": csrf, "remove": "Silent"})
    assert "Silent" not in client.get("/prisons").text.partition("Views I have kept")[2]
    assert client.post("/prisons/views", data={"csrf_token": csrf, "name": " "}).status_code == 422


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (0, "0 to 4"),
        (4, "0 to 4"),
        (5, "5 to 9"),
        (10, "10 to 19"),
        (20, "20 to 39"),
        (39, "20 to 39"),
        (40, "40 and more"),
    ],
)
def test_every_age_has_its_band(days: int, name: str) -> None:
    assert waiting.band(days) == name


def test_a_program_reads_what_is_stalled(sqlite_product: Product) -> None:
    long, short = a_case(sqlite_product), a_case(sqlite_product)
    a_request(long, a_stay(long))
    stay = a_stay(short)
    a_request(short, stay, on=date(2024, 2, 7), held_until=date(2024, 3, 1), held_for="promised")

    every = sqlite_product.api("lead").get("/prison-requests").json
    stalled = sqlite_product.api("lead").get("/prison-requests?stalled=true").json

    assert (every["count"], [row["case"] for row in stalled["prison_requests"]]) == (2, [long.reference])
    assert stalled["prison_requests"][0]["working_days"] == 24
    assert sqlite_product.api("facilitator").get("/prison-requests").status_code == 403
    assert sqlite_product.api("lead").get("/prison-requests?sort=nonsense").status_code == 422


def test_the_board_is_filtered_by_facilitator_and_by_nobody(product: Product) -> None:
    facilitator = product.actor("facilitator").id
    ours, nobodys = a_case(product), a_case(product)
    for case, whose in ((ours, facilitator), (nobodys, None)):
        a_request(case, a_stay(case))
        db.session.execute(update(Case).where(Case.id == case.id).values(facilitator_id=whose))
    db.session.commit()

    assert [row.case for row in shown(product, owner=str(facilitator))] == [ours.reference]
    assert [row.case for row in shown(product, owner=stalls.NOBODY)] == [nobodys.reference]


def test_a_page_says_routes_in_words_and_a_commissioner_begins_with_the_figures(sqlite_product: Product) -> None:
    case = a_case(sqlite_product)
    a_request(case, a_stay(case), route="direct_omu")
    assert "straight to the offender management unit" in signed_in(sqlite_product, "lead").get("/prisons").text
    assert signed_in(sqlite_product, "commissioner").get("/").location == "/prisons/figures"


def test_a_commissioner_finds_the_figures_in_the_menu_and_a_lead_finds_them_on_the_board(
    sqlite_product: Product,
) -> None:
    menus = {
        who: signed_in(sqlite_product, who).get("/prisons/figures").text.partition('id="navigation"')[2]
        for who in ("commissioner", "lead")
    }
    assert 'href="/prisons/figures"' in menus["commissioner"].partition("</ul>")[0]
    assert 'href="/prisons/figures"' not in menus["lead"].partition("</ul>")[0]


def test_whoever_sees_the_service_filters_by_a_facilitator_of_another_team(sqlite_product: Product) -> None:
    asking = Asking.sent(sqlite_product)
    other = sqlite_product.actor("facilitator.west")
    case = sqlite_product.session.get_one(Case, asking.case_id)
    case.facilitator_id, case.team_id = other.id, other.team_id
    db.session.commit()
    manager = sqlite_product.actor("service_manager")
    found = stalls.board(sqlite_product.session, manager, Wanted(owner=str(other.id)), clock.today())
    assert [row.owner for row in found.rows] == [other.name]
    assert found.owners == {other.id: other.name}


def test_a_promised_day_stands_on_the_board_and_one_that_was_not_kept_is_said_to_be(sqlite_product: Product) -> None:
    kept_so_far, broken = a_case(sqlite_product), a_case(sqlite_product)
    ahead, gone = date(2024, 3, 1), date(2024, 2, 1)
    a_request(kept_so_far, a_stay(kept_so_far), promised_on=ahead, held_until=ahead, held_for="promised")
    a_request(broken, a_stay(broken), promised_on=gone, held_until=gone, held_for="promised")

    rows = shown(sqlite_product, sort="promise")
    page = signed_in(sqlite_product, "lead").get("/prisons").text

    assert {row.case: row.broken_promise for row in rows} == {kept_so_far.reference: False, broken.reference: True}
    assert "promised for 1 March 2024" in page
    assert "Promised for 1 February 2024, and not kept" in page
    [line, *_] = csv.DictReader(io.StringIO(board_file.as_csv(rows).decode("utf-8-sig")))
    assert {line["Promised for"], line["Stopped until"]} <= {"2024-03-01", "2024-02-01", ""}
