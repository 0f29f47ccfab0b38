"""The demonstration has partners and a reason of its own, plainly invented, published by two people."""

from __future__ import annotations

from rj_engine import clock
from rj_engine.cases import lists, partners, reasons
from rj_engine.demonstration import lists as demonstrated
from tests.places import Product


def test_the_demonstrations_partners_are_invented_and_published_once(sqlite_product: Product) -> None:
    demonstrated.publish()
    demonstrated.publish()

    session, service = sqlite_product.session, sqlite_product.actor("service_manager").service_id
    found = partners.known(session, service, clock.now())
    assert len(found) == 8
    assert all("(invented)" in one.name for one in found)
    assert all(one.email.endswith(".example.org") for one in found)
    assert [one.kind for one in partners.ending(session, service, clock.now())] == ["da_service"]
    assert [one.number for one in lists.every(session, service, lists.PARTNERS)] == [1]
    known = reasons.known(session, service, clock.now())
    assert [one.counted_as for one in known.values() if not one.of_the_product] == ["harmer_declined"]
