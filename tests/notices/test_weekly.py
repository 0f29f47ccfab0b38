"""One e-mail a week to the leads who want it: on their day, once, with numbers and a link and no word of any case."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people.staff import Staff, the_clock
from rj_engine.workflows import scheduler
from rj_engine.workflows.post import weekly
from rj_engine.workflows.post.digest import ClaimDigest
from rj_engine.workflows.post.weekly import ChooseWeekly, NoSuchWeekday, Week, WeeklyDigest
from tests.browsing import signed_in, token
from tests.notices.test_digest import Box, Pigeon, post_office, smtp
from tests.places import Product
from tests.prisons.asked import Asking

__all__ = ["post_office"]
TUESDAY, FRIDAY = 1, 4
WEDNESDAY_BEFORE = datetime(2026, 11, 18, 12, 0, tzinfo=clock.LONDON)
MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=clock.LONDON)
"""A Tuesday."""


def a_request_waits(product: Product, weekday: int = TUESDAY) -> Asking:
    """One prison was asked ten days ago, and the lead wants the e-mail on that weekday."""
    asking = Asking.sent(product, datetime(2026, 11, 13, 10, 0, tzinfo=clock.LONDON))
    with clock.at(WEDNESDAY_BEFORE):
        product.do(ChooseWeekly, "lead", weekday=weekday)
    return asking


def test_it_leaves_once_a_week_from_the_hour_of_the_chosen_day_on(product: Product) -> None:
    a_request_waits(product)
    pigeon = Pigeon()
    sent = []
    for hours in (-24 * 6, -24, -1, 0, 1, 24, 24 * 6, 24 * 7):
        with clock.at(MORNING + timedelta(hours=hours)):
            sent.append(weekly.send_due(pigeon, 7))
    assert sent == [0, 0, 0, 1, 0, 0, 0, 1]
    assert [to for to, _, _ in pigeon.carried] == ["lead@example.org"] * 2
    assert isinstance(pigeon.carried[0][1], Week)
    assert pigeon.carried[0][1].waiting == 1
    assert len({reference for _, _, reference in pigeon.carried}) == 2


def test_where_nobody_can_count_the_board_nothing_is_written_as_sent(
    sqlite_product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_request_waits(sqlite_product)
    pigeon = Pigeon()
    with clock.at(MORNING):
        with monkeypatch.context() as elsewhere:
            elsewhere.setattr(weekly, "_counts", [])
            with pytest.raises(weekly.NobodyCounts):
                weekly.send_due(pigeon, 7)
        assert sqlite_product.session.query(WeeklyDigest).all() == []
        assert weekly.send_due(pigeon, 7) == 1


def test_after_a_silence_it_comes_late_in_the_week_rather_than_never(sqlite_product: Product) -> None:
    a_request_waits(sqlite_product)
    pigeon = Pigeon()
    with clock.at(MORNING + timedelta(days=3, hours=-6)):
        assert weekly.send_due(pigeon, 7) == 1
    with clock.at(MORNING + timedelta(days=3)):
        assert weekly.send_due(pigeon, 7) == 0
    assert sqlite_product.session.query(WeeklyDigest).one().week_of == date(2026, 11, 23)


def test_a_choice_that_comes_after_its_day_counts_from_the_next_week(sqlite_product: Product) -> None:
    a_request_waits(sqlite_product)
    with clock.at(MORNING + timedelta(days=1)):
        sqlite_product.do(ChooseWeekly, "lead", weekday=0)
        assert weekly.send_due(Pigeon(), 7) == 0
    with clock.at(MORNING + timedelta(days=6)):
        assert weekly.send_due(Pigeon(), 7) == 1
    sqlite_product.do(ChooseWeekly, "lead", weekday=None)
    sqlite_product.do(ChooseWeekly, "lead", weekday=None)
    with clock.at(MORNING + timedelta(days=14)):
        assert weekly.send_due(Pigeon(), 7) == 0
    for wrong in (-1, 5, 6):
        with pytest.raises(NoSuchWeekday):
            sqlite_product.do(ChooseWeekly, "lead", weekday=wrong)


def test_nothing_leaves_where_nothing_waits_or_to_somebody_who_sees_no_board_any_more(sqlite_product: Product) -> None:
    with clock.at(WEDNESDAY_BEFORE):
        sqlite_product.do(ChooseWeekly, "lead.sample", weekday=TUESDAY)
    a_request_waits(sqlite_product)
    person = sqlite_product.actor("lead").id
    sqlite_product.session.execute(update(Staff).where(Staff.id == person).values(roles=["facilitator"]))
    db.session.commit()
    pigeon = Pigeon()
    with clock.at(MORNING):
        assert weekly.send_due(pigeon, 7) == 0
    assert pigeon.carried == []


def test_only_one_of_several_schedulers_sends_it(product: Product) -> None:
    a_request_waits(product)
    with clock.at(MORNING):
        assert weekly.send_due(Pigeon(lame=1), 7) == 0
    row = product.session.query(WeeklyDigest).one().id
    with clock.at(MORNING + timedelta(hours=1)):
        by = the_clock(product.actor("lead").service_id, "deliver")
        asked = [ClaimDigest(command_id=uuid.uuid4(), by=by, digest_id=row, kind="weekly") for _ in range(3)]
        claims = [dispatch(each)["claimed"] for each in asked]
    assert claims == [True, False, False]


def test_a_real_mail_server_gets_numbers_and_a_link_and_no_word_of_any_case(
    sqlite_product: Product, post_office: tuple[Box, int]
) -> None:
    asking = a_request_waits(sqlite_product)
    box, port = post_office
    with clock.at(MORNING):
        assert scheduler.remind(sqlite_product.app.app_context, smtp(port), 7)[1] == 1
    (envelope,) = box.got
    told = envelope.content.decode()
    assert envelope.rcpt_tos == ["lead@example.org"]
    assert "Subject: Prisons this week" in told
    assert "1 request waits for a prison." in told
    assert "https://rj.example.org/prisons/week" in told
    assert all(word not in told for word in (asking.reference, "Maidstone", "HMP", "Zqvictim", "bicycle"))


def test_a_lead_chooses_the_day_on_the_page_of_the_week(sqlite_product: Product) -> None:
    client = signed_in(sqlite_product, "lead")
    page = client.get("/prisons/week").text
    assert "No e-mail leaves yet" in page
    form = {"csrf_token": token(page), "command_id": str(uuid.uuid4()), "weekday": str(FRIDAY)}
    assert client.post("/prisons/week", data=form).status_code == 302
    assert f'<option value="{FRIDAY}" selected>Friday</option>' in client.get("/prisons/week").text
    none = {**form, "command_id": str(uuid.uuid4()), "weekday": ""}
    assert client.post("/prisons/week", data=none).status_code == 302
    assert weekly.chosen(sqlite_product.session, sqlite_product.actor("lead")) is None
