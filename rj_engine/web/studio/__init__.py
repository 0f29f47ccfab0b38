"""The studio's pages: pathways and their drafts, the editors, proofs, publishing."""

from __future__ import annotations

from rj_engine.web.studio import (
    differences,
    drafts,
    exchange,
    files,
    heat,
    list_rows,
    lists,
    migrations,
    pathways,
    proofs,
    tables,
    trials,
)
from rj_engine.web.studio.screen import screen

__all__ = [
    "differences",
    "drafts",
    "exchange",
    "files",
    "heat",
    "list_rows",
    "lists",
    "migrations",
    "pathways",
    "proofs",
    "screen",
    "tables",
    "trials",
]
