"""People change roles, leave and come back: at once, by somebody else, and never the last who manages people."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from rj_engine.commands import NotAllowed, dispatch
from rj_engine.database import db
from rj_engine.people import changing, passwords, sign_in
from rj_engine.people.changing import (
    ChangePassword,
    ChangeStaff,
    EndSignIns,
    GivePassword,
    LastManager,
    NotYourself,
    SwitchOff,
    SwitchOn,
    WrongPassword,
)
from rj_engine.people.competence import NoSuchPerson
from rj_engine.people.joining import NoSuchRole, NoSuchTeam, operator
from rj_engine.people.passwords import PasswordTooShort
from rj_engine.people.sign_in import SignInRefused
from rj_engine.people.staff import Staff, Team, by_email
from tests.people.test_people import behind, signed_in
from tests.places import PASSWORD, Product

NEW = "quiet-orchard-lantern-seven"


def person(product: Product, who: str) -> Staff:
    found = by_email(product.session, f"{who}@example.org")
    assert found is not None
    return found


def change(product: Product, who: str, by: str = "service_manager", **parts: Any) -> None:
    one = person(product, who)
    known: dict[str, Any] = {"staff_id": one.id, "name": one.name, "team_id": one.team_id, "roles": tuple(one.roles)}
    product.do(ChangeStaff, by, **{**known, **parts})


def test_a_changed_role_holds_at_once_in_a_sign_in_that_is_open(product: Product) -> None:
    secret = signed_in(product)
    assert "assign_task" not in behind(product, secret)[0].verbs
    change(product, "facilitator", roles=("coordinator",))
    assert "assign_task" in behind(product, secret)[0].verbs
    assert person(product, "facilitator").name == product.actor("facilitator").name


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [({"roles": ()}, NoSuchRole), ({"roles": ("king",)}, NoSuchRole)],
)
def test_a_role_that_is_not_there_is_refused(product: Product, parts: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        change(product, "facilitator", **parts)


def test_nobody_is_moved_to_a_team_of_another_service_nor_changed_from_there(product: Product) -> None:
    elsewhere = product.session.get_one(Team, person(product, "facilitator.sample").team_id)
    with pytest.raises(NoSuchTeam):
        change(product, "facilitator", team_id=elsewhere.id)
    for command in (SwitchOff, EndSignIns, SwitchOn):
        with pytest.raises(NoSuchPerson):
            product.do(command, "service_manager", staff_id=person(product, "facilitator.sample").id)


def test_nobody_changes_their_own_roles_or_switches_themselves_off(product: Product) -> None:
    with pytest.raises(NotYourself):
        change(product, "service_manager", roles=("service_manager", "lead"))
    with pytest.raises(NotYourself):
        product.do(SwitchOff, "service_manager", staff_id=person(product, "service_manager").id)


def test_a_switched_off_account_is_out_at_once_and_comes_back_only_by_signing_in_anew(product: Product) -> None:
    secret, token = signed_in(product), product.token("facilitator")
    staff_id = person(product, "facilitator").id
    product.do(SwitchOff, "service_manager", staff_id=staff_id)
    assert behind(product, secret) is None
    assert sign_in.by_token(product.session, token) is None
    with pytest.raises(SignInRefused):
        sign_in.check_password(product.session, "facilitator@example.org", PASSWORD)
    product.do(SwitchOn, "service_manager", staff_id=staff_id)
    assert behind(product, secret) is None, "what was ended stays ended"
    assert sign_in.check_password(product.session, "facilitator@example.org", PASSWORD)


def test_somebody_is_always_left_who_manages_people(product: Product) -> None:
    product.do(SwitchOff, "service_manager", staff_id=person(product, "administrator").id)
    with pytest.raises(NotYourself):
        change(product, "service_manager", roles=("lead",))
    product.do(SwitchOn, "service_manager", staff_id=person(product, "administrator").id)
    product.do(SwitchOff, "administrator", staff_id=person(product, "service_manager").id)
    for one in changing.everybody(product.session, product.actor("administrator")):
        one.roles = [role for role in one.roles if role != "service_manager"]
    db.session.commit()
    with pytest.raises(LastManager):
        dispatch(SwitchOff(command_id=uuid4(), by=operator(), staff_id=person(product, "administrator").id))


def test_one_ends_ones_own_sign_ins_and_only_a_manager_anybodys(product: Product) -> None:
    secret, other = signed_in(product), signed_in(product, "coordinator")
    product.do(EndSignIns, "facilitator", staff_id=person(product, "facilitator").id)
    assert behind(product, secret) is None
    with pytest.raises(NotAllowed):
        product.do(EndSignIns, "facilitator", staff_id=person(product, "coordinator").id)
    assert behind(product, other)
    product.do(EndSignIns, "administrator", staff_id=person(product, "coordinator").id)
    assert behind(product, other) is None


def test_a_password_is_changed_by_who_knows_it_and_given_by_who_manages(product: Product) -> None:
    by, secret = product.actor("facilitator"), signed_in(product)
    with pytest.raises(WrongPassword):
        changing.checked(product.session, by, "not it", NEW)
    with pytest.raises(PasswordTooShort):
        changing.checked(product.session, by, PASSWORD, "short")
    product.do(ChangePassword, "facilitator", password_hash=changing.checked(product.session, by, PASSWORD, NEW))
    assert behind(product, secret) is None
    assert sign_in.check_password(product.session, "facilitator@example.org", NEW)
    given = passwords.hashed(PASSWORD)
    product.do(GivePassword, "administrator", staff_id=person(product, "facilitator").id, password_hash=given)
    assert sign_in.check_password(product.session, "facilitator@example.org", PASSWORD)
