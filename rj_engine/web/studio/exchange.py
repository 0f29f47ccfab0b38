"""Pathways in and out: bundles and single files, as a draft takes them, or as they are once their limits were seen."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Finding
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.posted import command_id
from rj_engine.web.studio import drafts
from rj_engine.web.studio.screen import screen
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.studio import approving, checks, drafting, exchange, foreign, taking
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.exchange import TakeBundle
from rj_engine.workflows.studio.renaming import NameSteps
from rj_engine.workflows.studio.taking import AddFile, RemoveFile


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
    bundle, as_it_is = None, request.form.get("as_it_is") == "yes"
    try:
        bundle = exchange.opened(_zip())
        parts: dict[str, Any] = {"draft_id": draft_id, "edition": _edition(), "bundle": bundle, "as_it_is": as_it_is}
        dispatch(TakeBundle(command_id=command_id(), by=actor(), **parts))
    except FileRefused as refused:
        return drafts.page(draft_id, refused.findings, may_tick=_may_tick(draft_id, bundle)), drafts.TO_BE_MENDED
    flash(gettext("The whole bundle is in the draft. What it changes stands below."), "done")
    return redirect(url_for("studio.draft", draft_id=draft_id))


def _zip() -> bytes:
    sent = request.files.get("file")
    if sent is None:
        return b""
    body: bytes = sent.read(exchange.WHOLE + 1)
    sent.close()
    return body


def _may_tick(draft_id: UUID, bundle: Bundle | None) -> bool:
    """Whether a refused bundle could be taken to be mended in the draft."""
    session = db.session()
    return bundle is not None and exchange.could_be_taken(session, drafting.find(session, actor(), draft_id), bundle)


@screen.post("/drafts/<uuid:draft_id>/import")
@needs("manage_pathways")
def take_in(draft_id: UUID) -> ResponseReturnValue:
    """Take a file from elsewhere in; or say everything that is wrong with it, and whether it can be taken as it is."""
    name, text = _sent()
    as_it_is = request.form.get("as_it_is") == "yes"
    parts: dict[str, Any] = {"draft_id": draft_id, "edition": _edition(), "file": name.lower(), "text": text}
    parts["as_it_is"] = as_it_is
    try:
        answer = dispatch(AddFile(command_id=command_id(), by=actor(), **parts))
    except FileRefused as refused:
        return _refused(draft_id, name, text, refused.findings), drafts.TO_BE_MENDED
    flash(_taken(answer), "done")
    return redirect(url_for("studio.draft", draft_id=draft_id))


@screen.post("/drafts/<uuid:draft_id>/files/<name>/remove")
@needs("manage_pathways")
def take_out(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Take a file out again, or put the published one back."""
    dispatch(
        RemoveFile(command_id=command_id(), by=actor(), draft_id=draft_id, edition=_edition(), file=name),
    )
    flash(gettext("%(name)s is as the published version has it.", name=name), "done")
    return redirect(url_for("studio.draft", draft_id=draft_id))


@screen.post("/drafts/<uuid:draft_id>/files/<name>/ids")
@needs("manage_pathways")
def name_steps(draft_id: UUID, name: str) -> ResponseReturnValue:
    """Give the steps of a diagram readable ids."""
    answer = dispatch(
        NameSteps(command_id=command_id(), by=actor(), draft_id=draft_id, edition=_edition(), file=name),
    )
    flash(gettext("%(count)s ids of %(name)s are readable now.", count=answer["count"], name=name), "done")
    return redirect(url_for("studio.draft", draft_id=draft_id))


def _refused(draft_id: UUID, name: str, text: str, found: list[Finding]) -> str:
    """The draft's page; with the file itself in it where it can still be taken, so that nobody looks for it again."""
    offer = taking.offer(db.session(), drafting.find(db.session(), actor(), draft_id), name, text)
    if offer is None:
        return drafts.page(draft_id, found)
    kept = {"file": offer.file, "name": name, "text": b64encode(text.encode()).decode(), "count": len(offer.limits)}
    return drafts.page(draft_id, offer.limits, kept)


def _taken(answer: Mapping[str, Any]) -> str:
    words: str = gettext("%(name)s is in the draft.", name=answer["file"])
    if not answer["limits"]:
        return words
    more = gettext("It can be tried, proved and published once what the check finds is put right.")
    return f"{words} {more}"


def _sent() -> tuple[str, str]:
    """The name and the text of what was sent, as a file or by the page that showed its limits."""
    sent = request.files.get("file")
    if sent is None:
        return request.form.get("name", ""), foreign.decoded(_unpacked(request.form.get("text", "")))
    name, data = sent.filename or "", sent.read(drafting.LARGEST + 1)
    sent.close()
    return name, foreign.decoded(data)


def _unpacked(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def _edition() -> int:
    return request.form.get("edition", default=0, type=int)


def _version(key: str, number: int) -> Bundle:
    """A version that this service may use: never one that another wrote for itself."""
    session = db.session()
    row = versions.numbered(session, key, number)
    approving.require_usable(session, actor(), row)
    return versions.bundle_of(row)


def _attached(body: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=kind, headers=headers)
