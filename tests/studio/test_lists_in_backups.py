"""A service's lists come back from a backup: every version, what stands, and drafts as they were typed."""

from __future__ import annotations

from pathlib import Path

from rj_engine import backups, clock
from rj_engine.cases import lists, partners, reasons
from rj_engine.cases.lists import PARTNERS, REASONS
from rj_engine.database import db
from rj_engine.workflows.studio import list_drafts
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.studio.listing import A_PARTNER, a_list, added, kept, published


def test_lists_come_back_from_a_backup_as_they_stood(product: Product, tmp_path: Path) -> None:
    one = a_list(product, REASONS)
    kept(product, one, "died", label="Somebody taking part has died")
    published(product, one)
    two = a_list(product, PARTNERS)
    added(product, two, "x", "victim_support", **A_PARTNER)
    published(product, two)
    three = a_list(product, PARTNERS)
    added(product, three, "Half typed", "housing", email="not yet")
    backups.back_up(db.engine, tmp_path / "backup.rj")
    db.session.remove()

    with Product.opened(f"sqlite:///{tmp_path / 'restored.sqlite'}") as restored:
        backups.restore(db.engine, tmp_path / "backup.rj")
        by = restored.actor(MANAGER)
        session = restored.session
        assert reasons.known(session, by.service_id, clock.now())["died"].label == "Somebody taking part has died"
        (version,) = lists.every(session, by.service_id, PARTNERS)
        assert version.checksum == lists.checksum_of(version.rows)
        assert [each.email for each in partners.known(session, by.service_id, clock.now())] == [A_PARTNER["email"]]
        draft = list_drafts.find(session, by, three)
        assert "not yet" in {row["email"] for row in draft.content["rows"].values()}
