"""Published pathways over the API."""

from __future__ import annotations

from typing import Any

from rj_engine.database import db, translated
from rj_engine.web.api.access import allows
from rj_engine.web.api.reading import Calls
from rj_engine.web.api.schemas import PathwaysOut, VersionContentOut
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import PathwayVersion

blueprint = Calls("api_pathways", "Published pathways")


@blueprint.route("/pathways", methods=["GET"])
@allows("see_case", "manage_pathways")
@blueprint.response(200, PathwaysOut)
def listed() -> dict[str, Any]:
    """Every published version, without its content."""
    with translated():
        return {"pathways": versions.every(db.session())}


@blueprint.route("/pathways/<key>/versions/<int(max=999999):number>", methods=["GET"])
@allows("see_case", "manage_pathways")
@blueprint.response(200, VersionContentOut)
def show(key: str, number: int) -> dict[str, Any]:
    """One published version with its diagrams, decisions and forms."""
    with translated():
        row = versions.numbered(db.session(), key, number)
    bundle = versions.bundle_of(row)
    return {**_told(row), "diagrams": bundle.diagrams, "decisions": bundle.decisions, "forms": bundle.forms}


def _told(row: PathwayVersion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("pathway", "number", "name", "checksum", "published_at")}
