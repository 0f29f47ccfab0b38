"""What a manager does to a list of the service, for tests: a draft, rows in it, and both people."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

from rj_engine import clock
from rj_engine.workflows.studio import list_drafts
from rj_engine.workflows.studio.list_approving import ApproveList
from rj_engine.workflows.studio.list_drafts import AddRow, KeepRow, StartList, SubmitList
from rj_engine.workflows.studio.list_rows import ListDraft
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING

A_PARTNER: dict[str, Any] = {
    "name": "Harbour Light Support (invented)",
    "kind": "victim_support",
    "takes": "Anybody harmed by crime",
    "area": ["thanet"],
    "uses": ["source", "referral"],
    "contact_name": "Odalys Invented",
    "email": "desk@harbour.example.org",
    "telephone": "01632 960 077",
    "agreed_on": "2026-01-05",
    "ends_on": "2031-01-05",
    "checked_on": "",
    "active": "yes",
}


def a_list(product: Product, kind: str, who: str = MANAGER) -> UUID:
    """A draft of a list that `who` began."""
    return UUID(product.do(StartList, who, what=kind)["draft"])


def row(product: Product, draft: UUID) -> ListDraft:
    """The draft as it stands now."""
    product.session.expire_all()
    return list_drafts.find(product.session, product.actor(MANAGER), draft)


def kept(product: Product, draft: UUID, key: str, who: str = MANAGER, /, **changed: Any) -> None:
    """Keep a row with some of it changed, on a page that was just opened."""
    was = row(product, draft).content["rows"][key]
    seen, sitting = list_drafts.mark(was), str(uuid.uuid4())
    product.do(KeepRow, who, draft_id=draft, key=key, row={**was, **changed}, seen=seen, sitting=sitting)


def added(product: Product, draft: UUID, name: str, of: str, /, **changed: Any) -> str:
    """A new row; its key."""
    key = str(product.do(AddRow, MANAGER, draft_id=draft, name=name, of=of)["key"])
    if changed:
        kept(product, draft, key, **changed)
    return key


def published(product: Product, draft: UUID, who: str = SAFEGUARDING, /, in_days: int = 0) -> int:
    """Sent off and approved by a second person, for a day from today; the number of the version."""
    edition, day = row(product, draft).edition, clock.today() + timedelta(days=in_days)
    product.do(SubmitList, MANAGER, draft_id=draft, edition=edition, stands_from=day)
    return int(product.do(ApproveList, who, draft_id=draft, edition=edition)["number"])
