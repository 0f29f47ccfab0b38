"""What could not be delivered eight times over waits for a lead, who has it tried again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import NotAllowed
from rj_engine.workflows.post import outbox, parked
from rj_engine.workflows.post.outbox import TRIES, PostAway
from rj_engine.workflows.post.parked import NotParked, SendAgain
from rj_engine.workflows.rows import Outbox
from tests.places import Product
from tests.reliability.small_case import a_small_case, publish_small_pathway
from tests.security.neighbourhood import sign_in
from tests.workflows.test_incidents import complete


class Waiting(NamedTuple):
    """What is known of it outside any transaction."""

    id: uuid.UUID
    reference: str


class Away:
    """A post that cannot be reached."""

    def deliver(self, kind: str, reference: str, payload: dict[str, Any]) -> None:
        """Refuse."""
        del kind, reference, payload
        raise PostAway


class LetterBox:
    """A post that takes everything."""

    def __init__(self) -> None:
        self.got: list[str] = []

    def deliver(self, kind: str, reference: str, payload: dict[str, Any]) -> None:
        """Take it."""
        del kind, payload
        self.got.append(reference)


@pytest.fixture
def waiting(product: Product) -> Waiting:
    """A letter that nobody would take."""
    publish_small_pathway()
    case = a_small_case(product)
    for element in ("weigh", "call"):
        complete(product, case, element)
    now = clock.now()
    for _ in range(TRIES):
        with clock.at(now):
            assert outbox.deliver_due(Away()) == 0
        now += timedelta(days=1)
    row = product.session.scalars(select(Outbox).where(Outbox.parked_at.is_not(None))).one()
    return Waiting(row.id, row.reference)


def test_it_stands_on_the_lead_s_page_and_leaves_once_when_they_send_it_again(
    product: Product, waiting: Waiting
) -> None:
    box, later = LetterBox(), clock.now() + timedelta(days=30)
    with clock.at(later):
        assert outbox.deliver_due(box) == 0, "what is parked is not tried by itself"
        lead = sign_in(product, "lead")
        shown = lead.client.get("/problems").text
        assert "Not delivered" in shown
        assert f"/problems/parked/{waiting.id}/send" in shown
        assert lead.knock("POST", f"/problems/parked/{waiting.id}/send", {}).status_code == 302
        assert outbox.deliver_due(box) == 1
        assert outbox.deliver_due(box) == 0
    assert box.got == [waiting.reference]
    assert parked.listed(product.session, product.actor("lead")) == []
    with pytest.raises(NotParked):
        product.do(SendAgain, "lead", outbox_id=waiting.id)


def test_one_more_failure_parks_it_again(product: Product, waiting: Waiting) -> None:
    with clock.at(clock.now() + timedelta(days=30)):
        product.do(SendAgain, "lead", outbox_id=waiting.id)
        assert parked.listed(product.session, product.actor("lead")) == []
        outbox.deliver_due(Away())
    (again,) = parked.listed(product.session, product.actor("lead"))
    assert again.id == waiting.id


def test_only_who_sees_the_case_and_may_mend_it_can(product: Product, waiting: Waiting) -> None:
    with pytest.raises(NotAllowed):
        product.do(SendAgain, "facilitator", outbox_id=waiting.id)
    for who, outbox_id in (("lead.sample", waiting.id), ("lead", uuid.uuid4())):
        with pytest.raises(NotFound):
            product.do(SendAgain, who, outbox_id=outbox_id)
    assert parked.listed(product.session, product.actor("lead.sample")) == []
