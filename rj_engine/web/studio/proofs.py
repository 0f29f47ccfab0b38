"""The proof of a draft: asked for, watched, stopped, and its stories read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio import drafts
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.studio import asking, drafting
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.proving import AskForProof, CancelProof


@screen.post("/drafts/<uuid:draft_id>/proof")
@needs("manage_pathways")
def prove(draft_id: UUID) -> ResponseReturnValue:
    """Have it proved as it now stands."""
    try:
        dispatch(AskForProof(command_id=command_id(), by=actor(), draft_id=draft_id))
    except FileRefused as refused:
        return drafts.page(draft_id, refused.findings), drafts.TO_BE_MENDED
    return redirect(url_for("studio.proof", draft_id=draft_id))


@screen.get("/drafts/<uuid:draft_id>/proof")
@needs("approve_pathways")
def proof(draft_id: UUID) -> ResponseReturnValue:
    """How far the last proof is, or what came out."""
    draft = drafting.find(db.session(), actor(), draft_id)
    found = asking.latest(db.session(), draft)
    if found is None:
        return redirect(url_for("studio.draft", draft_id=draft_id))
    return render_template("studio/proof.html", draft=draft, proof=found, ways=_ways(found.result), new_id=uuid4)


@screen.get("/drafts/<uuid:draft_id>/proof/progress")
@needs("approve_pathways")
def progress(draft_id: UUID) -> ResponseReturnValue:
    """The same for the page's script."""
    draft = drafting.find(db.session(), actor(), draft_id)
    found = asking.latest(db.session(), draft)
    if found is None:
        abort(404)
    return {"status": found.status, "states": found.states, "over": found.status not in asking.UNDER_WAY}


@screen.post("/drafts/<uuid:draft_id>/proof/cancel")
@needs("manage_pathways")
def cancel(draft_id: UUID) -> ResponseReturnValue:
    """Stop it."""
    draft = drafting.find(db.session(), actor(), draft_id)
    found = asking.latest(db.session(), draft)
    if found is not None:
        dispatch(CancelProof(command_id=command_id(), by=actor(), proof_id=found.id))
    return redirect(url_for("studio.proof", draft_id=draft_id))


def _ways(result: Mapping[str, Any]) -> dict[str, list[str]]:
    """For each story the diagrams that its way leads through, in order."""
    told = result.get("broken", [])
    return {
        one["id"]: list(dict.fromkeys(f"{each.partition('/')[0]}.bpmn" for each in one["elements"])) for one in told
    }
