"""The people pages: what is typed is kept where it is refused, and one's own password is changed by oneself."""

from __future__ import annotations

from tests.places import PASSWORD, Product
from tests.security.neighbourhood import sign_in

NEW = "quiet-orchard-lantern-seven"


def test_a_person_is_added_and_what_was_typed_stands_again_where_it_is_refused(sqlite_product: Product) -> None:
    manager = sign_in(sqlite_product, "service_manager")
    page = manager.client.get("/people/new")
    assert "Password to begin with" in page.text
    team = str(sqlite_product.actor("facilitator").team_id)
    typed = {"name": "Robin Invented", "email": "robin@example.org", "team": team, "roles": ["facilitator"]}
    refused = manager.knock("POST", "/people/new", {**typed, "password": "short"})
    assert refused.status_code == 422
    assert "Use at least 12 characters" in refused.text
    assert 'value="robin@example.org"' in refused.text
    assert 'value="facilitator" checked' in refused.text
    assert manager.knock("POST", "/people/new", {**typed, "password": NEW}).status_code == 302
    assert "Robin Invented" in manager.client.get("/people").text
    again = manager.knock("POST", "/people/new", {**typed, "password": NEW})
    assert again.status_code == 422
    assert "signs in with that email address already" in again.text


def test_a_person_is_switched_off_and_on_from_their_page(sqlite_product: Product) -> None:
    manager = sign_in(sqlite_product, "administrator")
    staff_id = sqlite_product.actor("facilitator2").id
    there = f"/people/{staff_id}"
    assert manager.knock("POST", f"{there}/switch", {"which": "off"}).status_code == 302
    assert "switched off" in manager.client.get(there).text
    assert manager.knock("POST", f"{there}/switch", {"which": "on"}).status_code == 302
    assert "This person can sign in." in manager.client.get(there).text
    own = manager.client.get(f"/people/{sqlite_product.actor('administrator').id}").text
    assert "your own account" in own
    assert "Switch the account off" not in own


def test_ones_own_password_is_changed_with_the_present_one(sqlite_product: Product) -> None:
    mine = sign_in(sqlite_product, "facilitator")
    wrong = mine.knock("POST", "/people/me", {"present": "no", "password": NEW})
    assert wrong.status_code == 422
    assert "That is not your present password" in wrong.text
    assert mine.knock("POST", "/people/me", {"present": PASSWORD, "password": NEW}).status_code == 302
    assert mine.client.get("/people/me").status_code == 200
    assert mine.knock("POST", "/people/me/out", {}).status_code in {302, 400, 422}
