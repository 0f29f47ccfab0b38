"""Pathways in and out: a draft or a version as one bundle, a single file of a version, a bundle into a draft."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio import drafts
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.studio import approving, checks, drafting, exchange
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.exchange import TakeBundle


@screen.get("/drafts/<uuid:draft_id>/bundle")
@needs("approve_pathways")
def draft_bundle(draft_id: UUID) -> ResponseReturnValue:
    """Everything the draft holds, as one file."""
    draft = drafting.find(db.session(), actor(), draft_id)
    return _attached(exchange.packed(drafting.content(draft), None), f"{draft.pathway}_draft.zip", "application/zip")


@screen.get("/pathways/<key>/versions/<int(max=999999):number>/bundle")
@needs("approve_pathways")
def version_bundle(key: str, number: int) -> ResponseReturnValue:
    """Everything a version holds, as one file."""
    bundle = _version(key, number)
    return _attached(exchange.packed(bundle, number), f"{key}_{number}.zip", "application/zip")


@screen.get("/pathways/<key>/versions/<int(max=999999):number>/files/<name>")
@needs("approve_pathways")
def version_file(key: str, number: int, name: str) -> ResponseReturnValue:
    """One diagram, decision or form of a version."""
    text = checks.files_of(_version(key, number)).get(name)
    if text is None:
        abort(404)
    return _attached(text.encode(), name, "text/plain; charset=utf-8")


@screen.post("/drafts/<uuid:draft_id>/bundle")
@needs("manage_pathways")
def take_bundle(draft_id: UUID) -> ResponseReturnValue:
    """Take a whole bundle in, or say everything that is wrong with it."""
    sent = request.files.get("file")
    body = sent.read(exchange.WHOLE + 1) if sent is not None else b""
    if sent is not None:
        sent.close()
    edition = request.form.get("edition", default=0, type=int)
    try:
        bundle = exchange.opened(body)
        command = TakeBundle(command_id=command_id(), by=actor(), draft_id=draft_id, edition=edition, bundle=bundle)
        dispatch(command)
    except FileRefused as refused:
        return drafts.page(draft_id, refused.findings), drafts.TO_BE_MENDED
    flash(gettext("The whole bundle is in the draft. What it changes stands below."), "done")
    return redirect(url_for("studio.draft", draft_id=draft_id))


def _version(key: str, number: int) -> Bundle:
    """A version that this service may use: never one that another wrote for itself."""
    session = db.session()
    row = versions.numbered(session, key, number)
    approving.require_usable(session, actor(), row)
    return versions.bundle_of(row)


def _attached(body: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=kind, headers=headers)
