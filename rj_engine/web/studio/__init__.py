"""The studio's pages: pathways and their drafts, the editors, proofs, publishing."""

from __future__ import annotations

from rj_engine.web.studio import drafts, files, migrations, pathways, proofs, trials
from rj_engine.web.studio.screen import screen

__all__ = ["drafts", "files", "migrations", "pathways", "proofs", "screen", "trials"]
