"""Many people at once: threads that start together, each with a session of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rj_engine.database import db
from tests.places import Product

PATIENCE = 60
"""Seconds after which a test gives up waiting."""


def together(product: Product, works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of it at the same moment; for each the answer, or the error it met."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        with product.app.app_context():
            try:
                gate.wait(PATIENCE)
                return work()
            except Exception as error:  # noqa: BLE001 - whatever it met is what the test asks about
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works, timeout=PATIENCE))
