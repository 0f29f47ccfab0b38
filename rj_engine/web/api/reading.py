"""Reads what a program sent: JSON as the standard has it, nothing that would break further in."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from flask import abort
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser

from rj_engine.web.api.access import let_in

NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""NUL as JSON writes it, and not somebody's backslash before `u0000`."""


class BodyReader(FlaskParser):
    """webargs, with a narrower idea of JSON."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """The body as a JSON object; 400 for anything else."""
        del schema
        body = read(req.get_data(cache=True))
        if not isinstance(body, dict):
            abort(400)
        return body


def read(body: bytes) -> Any:
    """The JSON value; 400 for broken or too deep JSON, `NaN` and its like, half characters, NUL."""
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
        written = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        abort(400)
    if NUL.search(written):
        abort(400)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class Calls(Blueprint):
    """One room's calls: each asks for a token and a verb, and reads its body with `BodyReader`."""

    ARGUMENTS_PARSER = BodyReader()

    def __init__(self, name: str, description: str) -> None:
        """`name` begins with api_."""
        super().__init__(name, __name__, description=description)
        self.before_request(let_in)
