"""Joining, signing in and out, tokens: who may, and what a stolen or stale secret is worth."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from rj_engine import clock
from rj_engine.commands import NotAllowed, dispatch
from rj_engine.database import db
from rj_engine.people import joining, passwords, sign_in
from rj_engine.people.joining import AddService, AddStaff, EmailTaken, NoSuchRole, NoSuchTeam, operator
from rj_engine.people.passwords import PasswordTooShort
from rj_engine.people.sign_in import CreateToken, SignedIn, SignIn, SignInRefused, SignOut, StaySignedIn
from rj_engine.people.staff import Staff, Team, actor_of, by_email, colleagues, names
from tests.places import PASSWORD, Product

IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=10)


def signed_in(product: Product, who: str = "facilitator") -> str:
    secret, hashed = sign_in.new_secret()
    product.do(SignIn, who, secret_hash=hashed)
    return secret


def behind(product: Product, secret: str, later: timedelta = timedelta()) -> Any:
    return sign_in.by_cookie(product.session, secret, clock.now() + later, IDLE, LONGEST)


def leave(product: Product, who: str) -> None:
    person = by_email(product.session, f"{who}@example.org")
    assert person is not None
    person.active = False
    db.session.commit()


def test_the_right_password_in_any_spelling_of_the_address_opens_the_door(product: Product) -> None:
    found = sign_in.check_password(product.session, " Facilitator@Example.ORG ", PASSWORD)
    assert found == product.actor("facilitator")


@pytest.mark.parametrize("email", ["facilitator@example.org", "nobody@example.org", ""])
def test_whatever_is_wrong_the_words_are_the_same(product: Product, email: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        sign_in.check_password(product.session, email, "wrong")
    assert refused.value.sentence == SignInRefused().sentence


def test_somebody_who_has_left_neither_signs_in_nor_stays_in(product: Product) -> None:
    secret, token = signed_in(product), product.token("facilitator")
    assert behind(product, secret)
    leave(product, "facilitator")
    assert behind(product, secret) is None
    assert sign_in.by_token(product.session, token) is None
    with pytest.raises(SignInRefused):
        sign_in.check_password(product.session, "facilitator@example.org", PASSWORD)


def test_a_sign_in_ends_when_it_is_idle_or_old(product: Product) -> None:
    secret = signed_in(product)
    who, wants_stamp = behind(product, secret)
    assert (who, wants_stamp) == (product.actor("facilitator"), False)
    assert behind(product, secret, timedelta(minutes=2))[1] is True
    assert behind(product, secret, IDLE + timedelta(seconds=1)) is None
    for number in range(1, 61):
        with clock.at(clock.now() + number * timedelta(minutes=10)):
            product.do(StaySignedIn, "facilitator", secret_hash=sign_in.hash_of(secret))
    assert behind(product, secret, LONGEST - timedelta(minutes=1))
    assert behind(product, secret, LONGEST + timedelta(minutes=1)) is None


def test_signing_out_ends_every_copy(product: Product) -> None:
    secrets = [signed_in(product), signed_in(product)]
    other = signed_in(product, "lead")
    product.do(SignOut, "facilitator")
    assert [behind(product, secret) for secret in secrets] == [None, None]
    assert behind(product, other)
    product.do(StaySignedIn, "facilitator", secret_hash=sign_in.hash_of(secrets[0]))
    assert behind(product, secrets[0]) is None


def test_the_database_holds_no_secret_itself(product: Product) -> None:
    secret, token = signed_in(product), product.token("facilitator")
    stored = [row.secret_hash for row in product.session.scalars(select(SignedIn))]
    stored += [row.secret_hash for row in product.session.scalars(select(sign_in.ApiToken))]
    assert secret not in stored
    assert token not in stored
    assert {sign_in.hash_of(secret), sign_in.hash_of(token)} <= set(stored)


def test_a_made_up_secret_opens_nothing(product: Product) -> None:
    assert behind(product, "made up") is None
    assert sign_in.by_token(product.session, "made up") is None


def test_only_roles_that_may_have_tokens_get_one(product: Product) -> None:
    with pytest.raises(NotAllowed):
        product.do(CreateToken, "auditor", secret_hash="x" * 64)


def team_of(product: Product, who: str) -> UUID:
    found = product.actor(who).team_id
    assert found is not None
    return found


def add(product: Product, by: Any = None, **changed: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "email": "New@Example.org",
        "name": "Nell Invented",
        "roles": ("facilitator",),
        "team_id": team_of(product, "facilitator"),
        "password_hash": "x",
    }
    return dispatch(AddStaff(command_id=uuid.uuid4(), by=by or operator(), **{**known, **changed}))


def test_a_new_colleague_joins_a_team_and_is_found_by_address(product: Product) -> None:
    add(product)
    person = by_email(product.session, "new@example.org")
    assert person is not None
    assert actor_of(person).lanes == frozenset({"facilitator"})
    assert person in colleagues(product.session, product.actor("lead"))
    assert person not in colleagues(product.session, product.actor("lead"), "coordinator")
    assert names(product.session, {person.id}) == {person.id: "Nell Invented"}


def test_nobody_joins_with_a_role_team_or_address_that_will_not_do(product: Product) -> None:
    with pytest.raises(NoSuchRole):
        add(product, roles=("emperor",))
    with pytest.raises(NoSuchRole):
        add(product, roles=())
    with pytest.raises(NoSuchTeam):
        add(product, team_id=uuid.uuid4())
    with pytest.raises(EmailTaken):
        add(product, email="LEAD@example.org ")
    with pytest.raises(NotAllowed):
        add(product, by=product.actor("lead"))


def test_a_manager_adds_people_to_their_own_service_only(product: Product) -> None:
    manager = product.actor("service_manager")
    with pytest.raises(NoSuchTeam):
        add(product, by=manager, team_id=team_of(product, "lead.sample"))
    add(product, by=manager)


def test_a_service_is_added_once(product: Product) -> None:
    def service() -> dict[str, Any]:
        adding = AddService(command_id=uuid.uuid4(), by=operator(), name="Third Service", code="TS", teams=("A", "B"))
        return dispatch(adding)

    assert service() == service()
    assert len(list(product.session.scalars(select(Team).where(Team.name.in_(["A", "B"]))))) == 2


def test_the_operator_names_the_team_where_there_are_several(product: Product) -> None:
    known: dict[str, Any] = {"email": "op@example.org", "name": "Op Invented", "roles": ("auditor",)}
    with pytest.raises(NoSuchTeam, match="East team"):
        joining.add_from_outside(**known, team=None, password="a-long-enough-password")
    joining.add_from_outside(**known, team="East team", password="a-long-enough-password")
    assert by_email(product.session, "op@example.org")


@pytest.mark.parametrize(("roles", "shortest"), [({"facilitator"}, 12), ({"lead"}, 15), ({"lead", "facilitator"}, 15)])
def test_a_password_is_as_long_as_the_role_asks(roles: set[str], shortest: int) -> None:
    with pytest.raises(PasswordTooShort):
        passwords.hashed("x" * (shortest - 1), frozenset(roles))
    assert passwords.matches("x" * shortest, passwords.hashed("x" * shortest, frozenset(roles)))


def test_a_broken_hash_matches_nothing() -> None:
    assert not passwords.matches("anything", "no hash at all")
    assert not passwords.matches("the password of nobody at all", None)


def test_everybody_of_the_demonstration_may_sign_in_and_out(product: Product) -> None:
    for person in product.session.scalars(select(Staff)).all():
        who = person.email.removesuffix("@example.org")
        secret = signed_in(product, who)
        assert behind(product, secret)
        product.do(SignOut, who)
