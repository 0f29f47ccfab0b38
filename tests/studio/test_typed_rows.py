"""A new reason has a key of its own, short enough for a form to take, however many begin with the same words."""

from __future__ import annotations

from rj_engine import bpmn, clock
from rj_engine.cases import reasons
from rj_engine.cases.lists import REASONS
from rj_engine.forms import parse, validate
from rj_engine.workflows.studio.list_approving import StandOnList
from tests.answers import typical
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.studio.listing import a_list, added, published, row

DECLINED = "harmer_declined"
LONG = "The person who did it does not want any of this at the moment"


def test_many_reasons_that_begin_alike_can_all_be_chosen(product: Product) -> None:
    draft = a_list(product, REASONS)

    keys = [added(product, draft, f"{LONG}, {number}", DECLINED) for number in range(12)]

    first = "the_person_who_did_it_does_not_want_any"
    assert keys == [first, *(f"{first}_{number}" for number in range(2, 13))]
    published(product, draft)
    known = reasons.known(product.session, product.actor(MANAGER).service_id, clock.now())
    form = parse(bpmn.forms()["close_case"])
    drawn = {option.value: option.label for option in form.fields["closure_reason"].options}
    for key in keys:
        assert validate(form, typical("close_case", closure_reason=key), {})["closure_reason"] == key
        assert reasons.chosen(known, key, "victim_initiated_rj", drawn).counted_as == DECLINED


def test_a_number_that_somebody_wrote_is_passed_over(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)

    keys = [added(sqlite_product, draft, words, DECLINED) for words in ("Not now 2", "Not now", "Not now", "Not now!")]

    assert keys == ["not_now_2", "not_now", "not_now_3", "not_now_4"]


def test_no_new_reason_has_the_key_of_one_of_the_products(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)

    assert added(sqlite_product, draft, "Harmer declined", DECLINED) == f"{DECLINED}_2"


def test_a_key_published_earlier_is_not_given_again_after_the_list_was_put_back(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    own = added(sqlite_product, draft, "Not now", DECLINED)
    published(sqlite_product, draft)
    sqlite_product.do(StandOnList, MANAGER, what=REASONS, number=0)

    again = a_list(sqlite_product, REASONS)
    fresh = added(sqlite_product, again, "Not now", "victim_declined")

    assert (own, fresh) == ("not_now", "not_now_2")
    assert row(sqlite_product, again).content["rows"][fresh]["counted_as"] == "victim_declined"
