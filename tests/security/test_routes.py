"""Every route, every role, every place a case may be: the answer stands in docs/security.md and is the one given."""

from __future__ import annotations

from typing import Final

import pytest

from rj_engine import bpmn
from tests.security import document
from tests.security.neighbourhood import NOBODY, ROLES, Neighbourhood
from tests.security.routes import Route, answers, routes, table

pytestmark = pytest.mark.xdist_group("routes")
"""In one process, which asks every route for everybody once."""
Matrix = dict[str, dict[str, list[int]]]
FULL_SIGHT: Final = "see_whole_service"


@pytest.fixture(scope="module")
def matrix(neighbourhood: Neighbourhood) -> Matrix:
    """What every route answers everybody."""
    return {
        route.name: {who: [reply.status_code for reply in answers(neighbourhood, route, who)] for who in columns()}
        for route in routes(neighbourhood.product.app)
    }


def columns() -> list[str]:
    return [*ROLES, *NOBODY]


def verbs_of(neighbourhood: Neighbourhood, route: Route) -> frozenset[str] | None:
    """The verbs of which one opens the route; None where it is open to all."""
    view = neighbourhood.product.app.view_functions[route.endpoint]
    if hasattr(view, "verbs"):
        return frozenset(view.verbs)
    if route.endpoint == "api-docs.openapi_json":
        return None
    verb = view.verb  # type: ignore[attr-defined]  # a view without one lets nobody in, and fails here
    return frozenset({verb}) if verb else None


def test_the_table_in_the_security_page_is_what_the_product_answers(matrix: Matrix) -> None:
    document.same_as_written("routes", table(matrix))


def test_every_route_has_a_row(neighbourhood: Neighbourhood) -> None:
    written = document.section("routes")
    assert [route.name for route in routes(neighbourhood.product.app) if f"| `{route.name}` |" not in written] == []


def test_nothing_opens_to_somebody_whose_roles_lack_the_verb(neighbourhood: Neighbourhood, matrix: Matrix) -> None:
    opened = {
        f"{route.name} for {role}": matrix[route.name][role]
        for route in routes(neighbourhood.product.app)
        if (verbs := verbs_of(neighbourhood, route)) is not None
        for role in ROLES
        if not verbs & {*bpmn.roles()["roles"][role]["verbs"], "sign_in"} and matrix[route.name][role] != [403] * 3
    }
    assert opened == {}


def test_another_teams_case_is_not_there_and_another_services_never_is(
    neighbourhood: Neighbourhood, matrix: Matrix
) -> None:
    wrong = {}
    for route in routes(neighbourhood.product.app):
        verbs = verbs_of(neighbourhood, route)
        if verbs is None or not route.of_a_case:
            continue
        for role in ROLES:
            has = set(bpmn.roles()["roles"][role]["verbs"])
            if not verbs & has:
                continue
            own, team, service = matrix[route.name][role]
            fits = (
                own not in {401, 404}
                and service == 404
                and (team == 404) == (FULL_SIGHT not in has and not route.of_a_person)
            )
            wrong |= {} if fits else {f"{route.name} for {role}": (own, team, service)}
    assert wrong == {}


def test_nobody_gets_further_than_the_door(neighbourhood: Neighbourhood, matrix: Matrix) -> None:
    wrong = {}
    for route in routes(neighbourhood.product.app):
        if verbs_of(neighbourhood, route) is None:
            continue
        page = route.method == "GET" and not route.rule.startswith("/api/")
        for who in NOBODY:
            expected = {302} if page else {401}
            found = set(matrix[route.name][who])
            wrong |= {} if found == expected else {f"{route.name} for {who}": found}
    assert wrong == {}


def test_nothing_breaks_whoever_knocks_wherever(matrix: Matrix) -> None:
    assert {name for name, row in matrix.items() for statuses in row.values() if max(statuses) >= 500} == set()
