"""What is answered, and what becomes of it: conditions, a lead's review, the victim's choice, clearances, a date."""

from __future__ import annotations

from typing import Any, Final

from rj_engine import clock
from rj_engine.cases.records import Finished, records
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.prisons import custody, requests, shapes, waiting
from rj_engine.prisons.requests import PrisonRequest, kind_of, newest

PROMISE: Final = "promised"
FINAL: Final = frozenset({"granted", "granted_conditions", "refused"})


class RequestSuperseded(Refused):
    """That request counts no more: another took its place."""

    code = "request_superseded"


class AlreadyDecided(Refused):
    """An answer to this request is recorded already."""

    code = "already_decided"


def _row(finished: Finished) -> PrisonRequest | None:
    return newest(finished.session, finished.strand, kind_of(finished))


@records("prison_answer")
def keep_answer(finished: Finished) -> list[Entry]:
    """A decision, or only the day by which there will be one."""
    told = shapes.told(shapes.Answer, finished.answers)
    row = _row(finished)
    if row is not None:
        _require_it_counts(finished, row)
    if row is not None and told["prison_outcome"] == "deferred":
        row.promised_on = row.held_until = told["hold_until"]
        row.held_for = PROMISE
        row.chases = [*row.chases, _promised(finished, told)]
    elif row is not None:
        requests.require_not_before(finished.session, row, told["prison_decided_on"], "be decided")
        _decide(finished, row, told)
    if row is not None and told["prison_victim_told"] == "yes":
        requests.told_victim(row, finished, clock.today())
    return [Entry("case:prison:answered", {"kind": kind_of(finished), "answer": told["prison_outcome"]})]


def _decide(finished: Finished, row: PrisonRequest, told: dict[str, Any]) -> None:
    row.decision = told["prison_outcome"]
    row.decided_on = told["prison_decided_on"] or clock.today()
    row.decided_by = told["prison_decided_by"] or told["redirected_to"] or ""
    row.reason_code = told["prison_reason_code"] or ""
    row.in_writing = told["prison_in_writing"] or ""
    row.consulted = told["prison_consulted"] or ""
    row.conditions_fit = ""
    row.answered_at, row.answered_by = finished.now, finished.by.id
    days = waiting.days_of(row, row.decided_on)
    row.days_taken, row.days_ours, row.days_victims = days.total, days.ours, days.victims
    row.detail = {
        **row.detail,
        "reason": told["prison_reason_words"],
        "conditions": (told["prison_conditions"] or "").splitlines(),
    }


def _require_it_counts(finished: Finished, row: PrisonRequest) -> None:
    """Refuse an answer to a request that counts no more, or that has its decision; says what stands and who said so."""
    asked = requests.who(finished.session, row.recorded_by)
    there = custody.stay(finished.session, finished.case.id)
    if there is not None and row.stay_id is not None and row.stay_id != there.id:
        recorded = requests.who(finished.session, there.recorded_by)
        raise RequestSuperseded(
            f"{recorded} recorded on {requests.spoken(there.began_at.astimezone(clock.LONDON).date())} that they have "
            f"left the place that {asked} asked on {requests.spoken(row.sent_on)}. Ask where they are now."
        )
    if row.decision in FINAL and row.decided_on is not None:
        raise AlreadyDecided(
            f"{requests.who(finished.session, row.answered_by)} recorded an answer of "
            f"{requests.spoken(row.decided_on)}: {requests.decided(row.decision)}. If that is wrong, tell your lead."
        )


def _promised(finished: Finished, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "rung": finished.variables.get("ladder_rung"),
        "to": None,
        "channel": None,
        "on": clock.today().isoformat(),
        "result": PROMISE,
        "hold_until": told["hold_until"].isoformat() if told["hold_until"] else None,
        "reason": told["prison_reason_code"],
    }


@records("prison_conditions")
def keep_conditions(finished: Finished) -> list[Entry]:
    """Conditions that do not fit the signed assessment make a permission none."""
    told = shapes.told(shapes.Conditions, finished.answers)
    row = _row(finished)
    if row is not None:
        row.conditions_fit = told["conditions_fit"]
        row.detail = {**row.detail, "conditions": (told["conditions_list"] or "").splitlines()}
    return [Entry("case:prison:conditions_checked", {"kind": kind_of(finished), "fit": told["conditions_fit"]})]


@records("prison_review")
def keep_review(finished: Finished) -> list[Entry]:
    """A lead has looked at a refusal: ask again, or let it stand."""
    told = shapes.told(shapes.Review, finished.answers)
    row = _row(finished)
    if row is not None:
        row.reason_code = told["review_reason_code"] or row.reason_code
        row.decided_by = told["review_decided_by"] or row.decided_by
        row.in_writing = told["review_written"] or row.in_writing
        row.review_next = told["review_next"]
        row.alternatives = told["review_alternatives"]
    detail = {"kind": kind_of(finished), "reason": told["review_reason_code"], "next": told["review_next"]}
    return [Entry("case:prison:reviewed", detail)]


@records("prison_choice")
def keep_choice(finished: Finished) -> list[Entry]:
    """What the victim wants; their words stay with their own answers."""
    told = shapes.told(shapes.Choice, finished.answers)
    row = _row(finished)
    if row is not None:
        row.victim_choice = told["prison_outcome"]
        row.victim_asked_on = told["choice_asked_on"] or clock.today()
        requests.told_victim(row, finished, row.victim_asked_on)
    return [Entry("case:prison:victim_chose", {"choice": told["prison_outcome"]})]


@records("prison_clearances")
def keep_clearances(finished: Finished) -> list[Entry]:
    """How it stands with everybody who will come."""
    told = shapes.told(shapes.Clearances, finished.answers)
    row = _row(finished)
    if row is not None:
        row.clearance = told["clearance_result"]
        row.reason_code = told["clearance_reason_code"] or row.reason_code
    return [Entry("case:prison:cleared", {"result": told["clearance_result"]})]


@records("prison_booking")
def keep_booking(finished: Finished) -> list[Entry]:
    """The day for which the event is allowed, or that it fell through."""
    told = shapes.told(shapes.Booking, finished.answers)
    row = _row(finished)
    if row is not None:
        row.event_on = told["event_on"]
        late = " late" if told["booking_late"] == "yes" else ""
        fell = told["booking_result"] == "fell_through"
        row.event_fell_through = f"{told['booking_reason_code'] or 'not_given'}{late}"[:40] if fell else ""
    return [Entry("case:prison:booked", {"result": told["booking_result"]})]
