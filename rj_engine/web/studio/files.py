"""One file of a draft: in its editor, as text, kept from the editor, and beside what somebody else saved."""

from __future__ import annotations

import difflib
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.words import hour
from rj_engine.web.studio import choices, editor_words
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.studio import asking, checks, drafting
from rj_engine.workflows.studio.drafting import KeepFile
from rj_engine.workflows.studio.rows import PathwayDraft

EDITORS: Final = {"bpmn": "diagram", "dmn": "decision", "form": "form"}


@screen.get("/drafts/<uuid:draft_id>/files/<name>")
@needs("approve_pathways")
def edit(draft_id: UUID, name: str) -> ResponseReturnValue:
    """The editor of one file; a second person looks at it there too, and changes nothing."""
    session, who = db.session(), actor()
    draft = drafting.find(session, who, draft_id)
    _text(draft, name)
    story = _story(draft)
    return render_template(
        "studio/editor.html",
        draft=draft,
        name=name,
        kind=EDITORS[name.rpartition(".")[2]],
        found=_found(draft, name),
        story=story,
        facts=_facts(draft, name, story),
        words=editor_words.told(),
    )


@screen.get("/drafts/<uuid:draft_id>/source/<name>")
@needs("approve_pathways")
def source(draft_id: UUID, name: str) -> ResponseReturnValue:
    """The file itself, to open or to keep elsewhere."""
    text = _text(drafting.find(db.session(), actor(), draft_id), name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="text/plain; charset=utf-8", headers=headers)


@screen.put("/drafts/<uuid:draft_id>/files/<name>")
@needs("manage_pathways")
def keep(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Keep what stands in the editor, and say what the check finds in it."""
    edition, text = request.form.get("version", default=0, type=int), request.form.get("text", "")
    command = KeepFile(command_id=command_id(), by=actor(), draft_id=draft_id, edition=edition, file=name, text=text)
    answer = dispatch(command)
    draft = drafting.find(db.session(), actor(), draft_id)
    saved = gettext("Saved at %(time)s", time=hour(draft.changed_at))
    return {"notice": saved, "version": answer["edition"], "findings": _found(draft, name)}


@screen.post("/drafts/<uuid:draft_id>/compare/<name>")
@needs("manage_pathways")
def compare(draft_id: UUID, name: str) -> ResponseReturnValue:
    """What somebody else saved beside what stands in one's own editor: nothing is saved by looking."""
    draft = drafting.find(db.session(), actor(), draft_id)
    theirs, mine = _text(draft, name), request.form.get("text", "")
    who = staff.names(db.session(), {draft.changed_by}).get(draft.changed_by, gettext("Somebody else"))
    shown = difference(theirs, mine)
    return render_template("studio/compare.html", draft=draft, name=name, who=who, lines=shown, mine=mine)


def difference(theirs: str, mine: str) -> list[str]:
    """The lines that differ with those around them, theirs with a minus, mine with a plus."""
    lines = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), "", "", lineterm="", n=2)
    return [line for line in lines if not line.startswith(("---", "+++"))]


def _text(draft: PathwayDraft, name: str) -> str:
    text = checks.files_of(drafting.content(draft)).get(name)
    if text is None:
        abort(404)
    return text


def _found(draft: PathwayDraft, name: str) -> list[dict[str, Any]]:
    """What the check finds in one file, and in the whole."""
    noted = drafting.noted(db.session(), draft)
    return [{**one.finding.as_json(), "rows": list(one.rows)} for one in noted if one.file in {name, ""}]


def _story(draft: PathwayDraft) -> dict[str, Any] | None:
    """The story of the proof that is asked for, where there is one."""
    proof = asking.latest(db.session(), draft)
    wanted = request.args.get("story", "")
    told = proof.result.get("broken", []) if proof is not None else []
    return next((one for one in told if one["id"] == wanted), None)


def _facts(draft: PathwayDraft, name: str, story: dict[str, Any] | None) -> dict[str, Any]:
    """What the editor's script needs to know."""
    process = name.rpartition(".")[0]
    path = [each for each in story["elements"] if each.startswith(f"{process}/")] if story else []
    return {
        "source": url_for("studio.source", draft_id=draft.id, name=name),
        "keep": url_for("studio.keep", draft_id=draft.id, name=name),
        "version": draft.edition,
        "csrf": generate_csrf(),
        "locked": draft.status != "open" or "manage_pathways" not in actor().verbs,
        "findings": _found(draft, name),
        "fixed": choices.fixed(drafting.basis(db.session(), draft), process) if name.endswith(".bpmn") else [],
        "choices": choices.offered(drafting.content(draft)) if name.endswith(".bpmn") else {},
        "path": path,
    }
