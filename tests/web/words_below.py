"""Sentences and labels that stand in the rooms below the web and are shown on its pages: refusals, and tables of words.

These rooms know nothing of languages: their words are plain English, and `in_language` translates them at the page.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import rj_engine
from rj_engine.cases import safe_contact
from rj_engine.cases.papers import reading
from rj_engine.errors import RjError
from rj_engine.people import keyboard
from rj_engine.prisons import reference
from rj_engine.reports import stall_order
from rj_engine.workflows.task import correspondence
from rj_engine.workflows.workload import filters

PACKAGE: Final = Path(rj_engine.__file__).parent
BELOW: Final = ("cases", "forms", "letters", "people", "prisons", "reports", "risk", "workflows")
ROOMS: Final = (*BELOW, "web")
ALONE: Final = ("commands", "database", "errors", "ledger", "sealing")
UNSEEN: Final = re.compile(r"rj_engine\.(workflows\.(engine|proof)|web\.api)\b")
"""What says these never reaches a page: a diagram's author reads findings instead, and programs read English."""
TABLES: Final[Mapping[str, Mapping[str, object]]] = {
    "cases/safe_contact.py ways": safe_contact.WAYS,
    "cases/safe_contact.py results": safe_contact.RESULTS,
    "cases/papers/reading.py": reading.SAYS,
    "people/keyboard.py": {key: words for key, (_, words) in keyboard.ACTIONS.items()},
    "prisons/reference.py": reference.ROUTES,
    "reports/stall_order.py moves": stall_order.MOVES,
    "reports/stall_order.py sorts": stall_order.SORTS,
    "workflows/task/correspondence.py": correspondence.WAYS,
    "workflows/workload/filters.py dues": filters.DUES,
    "workflows/workload/filters.py flags": filters.FLAGS,
    "workflows/workload/filters.py sorts": filters.SORTS,
}
SENTENCE: Final = re.compile(r"[A-Z“].* .*[.?]")


def found() -> Iterator[tuple[str, str]]:
    """Where each stands, and its words."""
    _imported()
    yield from sorted(set(_refusals(RjError)))
    for path in sorted(_modules()):
        name = path.relative_to(PACKAGE).as_posix()
        yield from ((name, words) for words in _worded(ast.parse(path.read_text(encoding="utf-8"))))
    for place, table in TABLES.items():
        yield from ((place.partition(" ")[0], str(words)) for words in table.values())


def _imported() -> None:
    """Every module below the web: the web brings its own kinds of refusal with it when it is made."""
    for one in pkgutil.walk_packages(rj_engine.__path__, "rj_engine."):
        if one.name.split(".")[1] in BELOW:
            importlib.import_module(one.name)


def _refusals(kind: type[RjError]) -> Iterator[tuple[str, str]]:
    """The sentence of each kind of refusal that a page can show: the first line of its docstring."""
    for each in kind.__subclasses__():
        room = each.__module__.split(".")
        ours = room[0] == "rj_engine" and (room[1] in ROOMS or room[1] in ALONE)
        if ours and not UNSEEN.match(each.__module__):
            yield "/".join(room[1:]) + ".py", (each.__doc__ or "").strip().splitlines()[0]
        yield from _refusals(each)


def _modules() -> Iterator[Path]:
    for room in ROOMS:
        for path in (PACKAGE / room).rglob("*.py"):
            if not UNSEEN.match(".".join(path.relative_to(PACKAGE.parent).parts)):
                yield path


def _worded(tree: ast.Module) -> Iterator[str]:
    """What is raised with a sentence of its own, and what says `worded`."""
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else node
        if not isinstance(call, ast.Call) or not call.args or not isinstance(call.args[0], ast.Constant):
            continue
        words = call.args[0].value
        if not isinstance(words, str):
            continue
        is_worded = isinstance(call.func, ast.Name) and call.func.id == "worded"
        if is_worded or (isinstance(node, ast.Raise) and SENTENCE.fullmatch(words)):
            yield words
