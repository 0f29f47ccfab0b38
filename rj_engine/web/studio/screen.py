"""The blueprint that every page of the studio hangs on."""

from __future__ import annotations

from flask import Blueprint

screen = Blueprint("studio", __name__, url_prefix="/studio")
