"""One command, one transaction: done once, answered once, refused whole, and written down."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm.exc import StaleDataError

from rj_engine import commands, failpoints, ledger
from rj_engine.commands import Actor, Command, CommandResult, CommandReused, NotAllowed, Outcome, dispatch
from rj_engine.database import Clash, DatabaseAway, db, translated
from rj_engine.errors import Broken, Refused, Retry
from rj_engine.ledger import Entry
from rj_engine.people.staff import Team
from tests.places import Product


@dataclass(frozen=True, kw_only=True)
class NameTeam(Command):
    """A small command of the tests: a team is added."""

    name: str
    then: tuple[Exception | None, ...] = (None,)
    """What happens at each try, after the row was written."""


class Unheard(Refused):
    """A refusal of the tests."""

    code = "unheard"


TRIED: list[str] = []
MENDED: list[str] = []


def name_team(command: NameTeam, session: Any, now: datetime) -> Outcome:
    """Add the team, and then what the command says."""
    assert now.tzinfo == UTC
    trouble = command.then[min(len(TRIED), len(command.then) - 1)]
    TRIED.append(command.name)
    session.add(Team(service_id=command.by.service_id, name=command.name))
    session.flush()
    if trouble is not None:
        raise trouble
    return Outcome({"named": command.name}, entries=[Entry("team:named", {"name": command.name})])


def note_breakage(command: NameTeam, broken: Broken, session: Any, now: datetime) -> Outcome:
    """Say that it broke."""
    del session, now
    MENDED.append(broken.code)
    return Outcome({}, entries=[Entry("team:broke", {"name": command.name})])


@pytest.fixture(autouse=True)
def handled() -> Iterator[None]:
    """The command is known while these tests run, and no longer."""
    commands.handles(NameTeam, verb="see_case")(name_team)
    commands.mends(NameTeam)(note_breakage)
    TRIED.clear()
    MENDED.clear()
    yield
    del commands._handlers[NameTeam]
    del commands._menders[NameTeam]


def teams(product: Product, name: str) -> int:
    return product.session.scalar(select(func.count()).select_from(Team).where(Team.name == name)) or 0


def said(product: Product, tag: str) -> int:
    chain = product.actor("lead").service_id
    return [entry.tag for entry in ledger.read(product.session, chain)].count(tag)


def order(product: Product, *then: Exception | None, who: str = "lead", **parts: Any) -> NameTeam:
    known = {"command_id": uuid.uuid4(), "by": product.actor(who), "name": "North team"}
    return NameTeam(**{**known, **parts}, then=then or (None,))


def test_a_command_is_done_written_down_and_answered(product: Product) -> None:
    command = order(product)
    assert dispatch(command) == {"named": "North team"}
    assert (teams(product, "North team"), said(product, "team:named")) == (1, 1)
    kept = product.session.get_one(CommandResult, command.command_id)
    assert (kept.name.split()[0], kept.answer, kept.actor_id) == ("NameTeam", {"named": "North team"}, command.by.id)


def test_the_same_command_again_gets_the_first_answer_and_does_nothing(product: Product) -> None:
    command = order(product)
    first = dispatch(command)
    again = order(product, command_id=command.command_id, name="Another name")
    assert dispatch(again) == first
    assert (teams(product, "North team"), teams(product, "Another name"), len(TRIED)) == (1, 0, 1)


def test_a_command_id_belongs_to_one_person_and_one_kind_of_command(product: Product) -> None:
    command = order(product)
    dispatch(command)
    with pytest.raises(CommandReused):
        dispatch(order(product, who="facilitator", command_id=command.command_id))


def test_a_role_that_may_not_is_refused_before_anything_is_tried(product: Product) -> None:
    with pytest.raises(NotAllowed) as refused:
        dispatch(order(product, who="auditor"))
    assert refused.value.context == {"verb": "see_case"}
    assert TRIED == []


def test_a_refusal_leaves_nothing_behind_and_can_be_asked_again(product: Product) -> None:
    command = order(product, Unheard(), None)
    with pytest.raises(Unheard):
        dispatch(command)
    assert (teams(product, "North team"), said(product, "team:named"), MENDED) == (0, 0, [])
    assert dispatch(command) == {"named": "North team"}


def test_a_refusal_whose_twin_has_won_meanwhile_gets_the_twin_s_answer(product: Product) -> None:
    command = order(product, Unheard())
    twin = order(product, None, command_id=command.command_id)
    met: list[dict[str, Any]] = []

    def twin_comes_first() -> None:
        failpoints.set_hook("permitted", None)
        TRIED.clear()
        db.session.rollback()
        met.append(dispatch(twin))
        TRIED.clear()

    failpoints.set_hook("permitted", twin_comes_first)
    assert dispatch(command) == met[0]
    assert teams(product, "North team") == 1


@pytest.mark.parametrize("trouble", [Clash, DatabaseAway])
def test_a_moment_s_trouble_is_tried_once_more(product: Product, trouble: type[Retry]) -> None:
    assert dispatch(order(product, trouble(), None)) == {"named": "North team"}
    assert (teams(product, "North team"), len(TRIED)) == (1, 2)


@pytest.mark.parametrize("trouble", [Clash, DatabaseAway])
def test_trouble_that_lasts_is_told_as_such(product: Product, trouble: type[Retry]) -> None:
    with pytest.raises(trouble):
        dispatch(order(product, trouble()))
    assert (teams(product, "North team"), len(TRIED), MENDED) == (0, 2, [])


def test_another_retry_is_the_caller_s_to_make(product: Product) -> None:
    with pytest.raises(Retry):
        dispatch(order(product, Retry()))
    assert (len(TRIED), MENDED) == (1, [])


def test_a_breakage_leaves_nothing_but_its_own_record(product: Product) -> None:
    with pytest.raises(Broken):
        dispatch(order(product, Broken()))
    assert (teams(product, "North team"), MENDED, said(product, "team:broke")) == (0, ["broken"], 1)


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), ProgrammingError("SELECT", {}, Exception())])
def test_what_nobody_foresaw_is_a_breakage_that_names_its_kind_only(product: Product, error: Exception) -> None:
    with pytest.raises(Broken) as broken:
        dispatch(order(product, error))
    assert broken.value.context == {"error": type(error).__name__}
    assert (teams(product, "North team"), MENDED) == (0, ["broken"])


def test_a_breakage_without_a_mender_is_only_raised(product: Product) -> None:
    del commands._menders[NameTeam]
    with pytest.raises(Broken):
        dispatch(order(product, Broken()))
    commands.mends(NameTeam)(note_breakage)
    assert (said(product, "team:broke"), MENDED) == (0, [])


@pytest.mark.parametrize("point", failpoints.NAMES)
def test_only_known_moments_have_hooks(point: str) -> None:
    reached: list[str] = []
    failpoints.set_hook(point, lambda: reached.append(point))
    failpoints.reach(point)
    failpoints.set_hook(point, None)
    failpoints.reach(point)
    assert reached == [point]
    with pytest.raises(ValueError, match="never"):
        failpoints.set_hook("never", None)


@contextmanager
def raising(error: Exception) -> Iterator[None]:
    with translated():
        raise error
    yield


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StaleDataError("moved"), Clash),
        (OperationalError("SELECT", {}, Exception()), DatabaseAway),
        (ProgrammingError("SELECT", {}, Exception(), connection_invalidated=True), DatabaseAway),
        (ProgrammingError("SELECT", {}, Exception()), ProgrammingError),
        (KeyError("x"), KeyError),
    ],
)
def test_the_database_s_trouble_is_told_by_whose_move_it_is(error: Exception, told: type[Exception]) -> None:
    with pytest.raises(told), raising(error):
        pass


def test_registered_commands_name_their_verb(product: Product) -> None:
    assert commands.registered()["NameTeam"] == "see_case"


def test_an_actor_without_a_verb_is_told_nothing_but_no() -> None:
    somebody = Actor(uuid.uuid4(), "Somebody", uuid.uuid4(), None)
    with pytest.raises(NotAllowed) as refused:
        somebody.require("see_case")
    assert refused.value.sentence == "Your role does not allow this."
