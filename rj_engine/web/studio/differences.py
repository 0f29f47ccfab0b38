"""What a draft changes against any version: a picture of one diagram, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from rj_engine import clock
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.studio import editor_words
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.rows import PathwayVersion
from rj_engine.workflows.studio import approving, checks, drafting
from rj_engine.workflows.studio.changes import changes
from rj_engine.workflows.studio.rows import PathwayDraft


@screen.get("/drafts/<uuid:draft_id>/differences")
@needs("approve_pathways")
def differences(draft_id: UUID) -> ResponseReturnValue:
    """The draft beside one version, the one that stands unless another is asked for."""
    draft = drafting.find(db.session(), actor(), draft_id)
    rows = approving.usable(db.session(), actor(), draft.pathway)
    against = _against(draft, rows)
    before, after = versions.bundle_of(against), drafting.content(draft)
    files = _drawn_otherwise(before, after)
    name = request.args.get("file", files[0] if files else f"{draft.pathway}.bpmn")
    facts = _facts(draft, against, name, (before, after))
    told: dict[str, Any] = {"rows": rows, "files": files, "name": name, "facts": facts}
    told |= {"changes": changes(before, after), "words": editor_words.told()}
    return render_template("studio/differences.html", draft=draft, against=against, **told)


@screen.get("/pathways/<key>/versions/<int(max=999999):number>/source/<name>")
@needs("approve_pathways")
def version_source(key: str, number: int, name: str) -> ResponseReturnValue:
    """One file of a version that this service's cases can use."""
    rows = approving.usable(db.session(), actor(), key)
    text = checks.files_of(versions.bundle_of(_numbered(rows, number))).get(name)
    if text is None:
        abort(404)
    return Response(text, content_type="text/plain; charset=utf-8")


def _against(draft: PathwayDraft, rows: Sequence[PathwayVersion]) -> PathwayVersion:
    standing = versions.newest(db.session(), draft.pathway, draft.service_id, clock.now())
    return _numbered(rows, request.args.get("against", default=standing.number, type=int))


def _numbered(rows: Sequence[PathwayVersion], number: int) -> PathwayVersion:
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        abort(404)
    return found


def _drawn_otherwise(before: Bundle, after: Bundle) -> list[str]:
    """The diagrams that are not the same text in both."""
    names = sorted(before.diagrams.keys() | after.diagrams.keys())
    return [name for name in names if before.diagrams.get(name) != after.diagrams.get(name)]


def _facts(
    draft: PathwayDraft, against: PathwayVersion, name: str, both: tuple[Bundle, Bundle]
) -> dict[str, Any] | None:
    """Where the picture's script finds both drawings; a diagram that only one of them holds is all new, or all gone."""
    before, after = (name in one.diagrams for one in both)
    if not before and not after:
        abort(404)
    old = url_for("studio.version_source", key=draft.pathway, number=against.number, name=name)
    new = url_for("studio.source", draft_id=draft.id, name=name)
    return {"before": old if before else None, "after": new if after else None}
