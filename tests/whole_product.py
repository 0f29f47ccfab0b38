"""Every module of the product, imported: what registers itself at import is then there whichever tests ran before."""

from __future__ import annotations

import importlib
import pkgutil

import rj_engine

NOT_TO_IMPORT = ("rj_engine.migrations.",)
"""Alembic runs these itself."""


def imported() -> int:
    """Import all of it; how many modules there are."""
    names = [one.name for one in pkgutil.walk_packages(rj_engine.__path__, "rj_engine.")]
    chosen = [name for name in names if not name.startswith(NOT_TO_IMPORT)]
    for name in chosen:
        importlib.import_module(name)
    return len(chosen)
