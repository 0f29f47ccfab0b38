"""What a file from elsewhere costs: a hostile one until it is refused, a harmless one until it is in the draft."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from rj_engine.workflows.studio import foreign, taking
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.taking import AddFile
from tests.bench.figures import Figure, median, milliseconds
from tests.places import Product
from tests.studio import hostile
from tests.studio.drawing import MANAGER, a_draft, row
from tests.workflows.foreign_files import FILES

TIMES = 3


def figures() -> Iterator[Figure]:
    """One manager at one draft; every file is decoded, checked and looked at for what it would mean as it is."""
    with tempfile.TemporaryDirectory(prefix="rj-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'rj.sqlite'}"
        Product.furnish(url)
        with Product.opened(url) as product:
            draft = a_draft(product)
            sent(product, draft, "warm.bpmn", b"<a/>")
            waits = {}
            for name, data in dict(hostile.files()).items():
                waits[name] = median(milliseconds(lambda one=(name, data): sent(product, draft, *one), TIMES, 0))  # type: ignore[misc]  # bound now, as each is used at once
            slowest = max(waits, key=waits.__getitem__)
            yield Figure(f"refuse {slowest}, the slowest hostile file", waits[slowest], "ms p50", 250, "sqlite")
            most = max(memory(product, draft, name, data) for name, data in dict(hostile.files()).items())
            yield Figure("memory of the worst hostile file, but for lxml's own", most, "MB", 50, "sqlite")
            yield from _taken(product, draft)


def sent(product: Product, draft: UUID, name: str, data: bytes) -> None:
    """A file as the page takes it: refused, then looked at as it is."""
    text, edition = foreign.decoded(data), row(product, draft).edition
    try:
        product.do(AddFile, MANAGER, draft_id=draft, edition=edition, file=name.lower(), text=text)
    except FileRefused:
        taking.offer(product.session, row(product, draft), name, text)


def memory(product: Product, draft: UUID, name: str, data: bytes) -> float:
    """Megabytes more at the peak than before."""
    tracemalloc.start()
    try:
        sent(product, draft, name, data)
        return tracemalloc.get_traced_memory()[1] / 1024 / 1024
    finally:
        tracemalloc.stop()


def _taken(product: Product, draft: UUID) -> Iterator[Figure]:
    def take() -> None:
        parts: dict[str, Any] = {"file": "pools.bpmn", "text": foreign.decoded(FILES["pools"].encode())}
        edition = row(product, draft).edition
        product.do(AddFile, MANAGER, draft_id=draft, edition=edition, **parts, as_it_is=True)

    yield Figure("take a file of another tool as it is", median(milliseconds(take, 5, 1)), "ms p50", None, "sqlite")
