"""The built bundles: fingerprinted, cached for ever, compressed once a process."""

from __future__ import annotations

import gzip
import json
import mimetypes
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, abort, request, url_for

from rj_engine.web.page.access import public

FOLDER: Final = Path(__file__).parents[1] / "static" / "vendor"
FOR_EVER: Final = "public, max-age=31536000, immutable"
screen = Blueprint("assets", __name__)


@cache
def entries() -> dict[str, str]:
    """Bundle name to fingerprinted file, from the manifest of the build."""
    manifest = json.loads((FOLDER / "MANIFEST.json").read_text(encoding="utf-8"))
    known: dict[str, str] = manifest["entries"]
    return known


def vendor(entry: str) -> str:
    """The address of a bundle."""
    return url_for("assets.bundle", name=entries()[entry])


@cache
def _content(name: str) -> tuple[bytes, bytes, str]:
    """Plain bytes, gzipped bytes, type."""
    plain = (FOLDER / name).read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0), mimetypes.guess_type(name)[0] or "application/octet-stream"


@screen.get("/assets/<name>")
@public
def bundle(name: str) -> Response:
    """One file of the build; nothing else of the disk."""
    if name not in entries().values():
        abort(404)
    plain, small, kind = _content(name)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    reply = Response(small if zipped else plain, content_type=f"{kind}; charset=utf-8")
    reply.headers.update({"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"})
    if zipped:
        reply.headers["Content-Encoding"] = "gzip"
    return reply


def register(app: Flask) -> None:
    """Serve the bundles, and let templates ask for their addresses."""
    app.register_blueprint(screen)
    app.add_template_global(vendor)
