"""What every posted form carries besides its answers."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import request


def command_id() -> UUID:
    """The id minted when the form was rendered, so that pressing the button twice does the thing once."""
    return request.form.get("command_id", type=UUID) or uuid4()
