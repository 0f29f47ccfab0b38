"""The neighbourhood, built once for those who only look, and afresh for those who change something."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import Product
from tests.security.neighbourhood import Neighbourhood

PATIENT = {"sign_ins_per_address": "100000 per minute"}


@pytest.fixture(scope="module")
def neighbourhood(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbourhood]:
    """Three cases in three places and somebody of every role; who changes something restores it."""
    folder = tmp_path_factory.mktemp("neighbourhood")
    shutil.copy(furnished_sqlite, folder / "rj.sqlite")
    with Product.opened(f"sqlite:///{folder / 'rj.sqlite'}", **PATIENT) as product:
        yield Neighbourhood.built(product, folder)
