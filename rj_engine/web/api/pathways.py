"""Published pathways over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from rj_engine.database import db, translated
from rj_engine.web.api.access import caller, require_token
from rj_engine.workflows import definitions

blueprint = Blueprint("api_pathways", __name__, description="Published pathways")
blueprint.before_request(require_token)


@blueprint.route("/pathways")
class Pathways(MethodView):
    """Pathways."""

    @blueprint.response(200)
    def get(self) -> dict[str, Any]:
        """Every published version, without its content."""
        caller().require("see_case")
        with translated():
            rows = definitions.versions(db.session())
        return {"pathways": [definitions.told(row) for row in rows]}


@blueprint.route("/pathways/<key>/versions/<int:number>")
class OneVersion(MethodView):
    """One version."""

    @blueprint.response(200)
    def get(self, key: str, number: int) -> dict[str, Any]:
        """One published version with its diagrams, decisions and forms."""
        caller().require("see_case")
        with translated():
            row = definitions.version(db.session(), key, number)
        bundle = definitions.bundle_of(row)
        files = {"diagrams": dict(bundle.diagrams), "decisions": dict(bundle.decisions), "forms": dict(bundle.forms)}
        return {**definitions.told(row), **files}
