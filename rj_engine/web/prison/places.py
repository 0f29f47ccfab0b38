"""The register of places: what is known of each, whom to reach there, and whether that has been checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.prisons import places, registering
from rj_engine.prisons.places import PrisonContact
from rj_engine.prisons.reference import Establishment
from rj_engine.prisons.registering import RecordContact, RecordPlace
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.posted import command_id, posted_day
from rj_engine.web.prison.wording import held_there

screen = Blueprint("prison_places", __name__, url_prefix="/prisons/places")
TO_BE_MENDED: Final = 422


@screen.get("")
@needs("see_prison_board")
def listed() -> ResponseReturnValue:
    """The places near us and those we have contacts of, or what is looked for, or all; with how the contacts stand."""
    session, by = db.session(), actor()
    known = places.register(session, by.service_id, clock.today())
    contacts = _by_code(places.contacts(session, by.service_id))
    query, every = request.args.get("query", "").strip(), "all" in request.args
    near = [each for each in known.values() if each.local or each.code in contacts]
    found = [each for each in (near if near and not (query or every) else known.values()) if _fits(each, query)]
    shown = {"known": sorted(found, key=lambda each: (not each.local, each.name)), "contacts": contacts}
    return render_template("prisons/places.html", query=query, every=len(known), held_there=held_there, **shown)


def _fits(place: Establishment, query: str) -> bool:
    return query.casefold() in f"{place.code} {place.name} {place.town}".casefold()


def _by_code(contacts: Sequence[PrisonContact]) -> Mapping[str, Sequence[PrisonContact]]:
    found: dict[str, list[PrisonContact]] = {}
    for contact in contacts:
        found.setdefault(contact.code, []).append(contact)
    return found


@screen.get("/<code>")
@needs("see_prison_board")
def show(code: str) -> ResponseReturnValue:
    """One place."""
    return _page(code)


@screen.post("/<code>")
@needs("manage_establishments")
def record(code: str) -> ResponseReturnValue:
    """Say what the place is from today on."""
    told = {name: request.form.get(name, "") for name in registering.FIELDS}
    confirmed, today = "confirmed" in request.form, clock.today()
    try:
        dispatch(
            RecordPlace(
                command_id=command_id(), by=actor(), code=code, told=told, confirmed=confirmed, valid_from=today
            )
        )
    except NotFound:
        raise
    except Refused as refused:
        return _page(code, refused), TO_BE_MENDED
    flash(gettext("The place is recorded."), "done")
    return redirect(url_for("prison_places.show", code=code))


@screen.post("/<code>/contacts")
@needs("manage_establishments")
def record_contact(code: str) -> ResponseReturnValue:
    """Add a contact, or put another in the place of one."""
    _known(code)
    try:
        dispatch(RecordContact(command_id=command_id(), by=actor(), code=code, **_contact()))
    except NotFound:
        raise
    except Refused as refused:
        return _page(code, refused), TO_BE_MENDED
    flash(gettext("The contact is recorded."), "done")
    return redirect(url_for("prison_places.show", code=code))


def _contact() -> Mapping[str, Any]:
    told = request.form
    return {
        "office": told.get("office", ""),
        "reached": {name: told.get(f"contact_{name}", "") for name in ("name", "email", "phone")},
        "checked_on": _day("checked_on"),
        "bounced_on": clock.today() if "bounced" in told else None,
        "contact_id": told.get("contact_id", type=UUID),
        "ended": "ended" in told,
    }


def _day(name: str) -> date | None:
    typed = any(request.form.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year"))
    return posted_day(name) if typed else None


def _known(code: str) -> Establishment:
    place = places.register(db.session(), actor().service_id, clock.today()).get(code)
    if place is None:
        raise NotFound
    return place


def _page(code: str, wrong: Refused | None = None) -> str:
    session, by, today = db.session(), actor(), clock.today()
    shown = {
        "place": _known(code),
        "contacts": places.contacts(session, by.service_id, code),
        "offices": places.KINDS,
        "held_there": held_there,
        "today": today,
        "wrong": in_language(wrong.sentence) if wrong else "",
        "typed": request.form,
        "new_id": uuid4,
    }
    return render_template("prisons/place.html", **shown)
