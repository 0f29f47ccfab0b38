"""The texts that the pages mark for translation, as the catalogues have to hold them."""

from __future__ import annotations

import io
import os
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from rj_engine import web
from tests.web import words_below

WEB: Final = Path(web.__file__).parent
FOLDER: Final = WEB / "translations"
POT: Final = FOLDER / "messages.pot"
HOW: Final = "RJ_WRITE_DOCS=1 pytest tests/web/test_languages.py"
METHODS: Final = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS: Final = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
NOT_OURS: Final = {"static", "translations", "frontend"}


@cache
def extracted() -> Catalog:
    """What the templates and modules mark now."""
    found = Catalog(charset="utf-8")
    for name, line, text, comments, context in extract_from_dir(
        WEB,
        METHODS,
        keywords=KEYWORDS,
        options_map={"templates/**.html": {"trimmed": "true", "silent": "false"}},
        directory_filter=lambda folder: Path(folder).name not in NOT_OURS,
    ):
        found.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    for place, sentence in words_below.found():
        found.add(sentence, locations=[(place, 0)])
    return found


def read(path: Path) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file)


def po(language: str) -> Path:
    """The catalogue of one language."""
    return FOLDER / language / "LC_MESSAGES/messages.po"


def compiled(catalogue: Catalog) -> bytes:
    """The .mo that the product loads."""
    told = io.BytesIO()
    write_mo(told, catalogue)
    return told.getvalue()


def loaded(compiled_file: bytes) -> dict[Any, str]:
    """What gettext finds in a .mo, its header apart: that names the day and the version it was made with."""
    found: dict[Any, str] = GNUTranslations(io.BytesIO(compiled_file))._catalog  # type: ignore[attr-defined]  # no other way to list them
    return {key: text for key, text in found.items() if key}


def messages(catalogue: Catalog) -> set[tuple[str | None, str]]:
    """Context and English of every message."""
    return {(each.context, _english(each)) for each in catalogue if each.id}


def said(message: Message) -> list[str]:
    """Every form of a message's translation that there is."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string)
    return [form for form in forms if form]


def english(message: Message) -> list[str]:
    """Every form of a message in English."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _english(message: Message) -> str:
    return english(message)[0]


def rewrite(languages: list[str]) -> None:
    """Where `RJ_WRITE_DOCS=1` stands: write the template anew, bring each catalogue up to it, compile."""
    if not os.environ.get("RJ_WRITE_DOCS"):
        return
    template = extracted()
    POT.write_bytes(_written(template))
    for language in languages:
        head = po(language).read_bytes().partition(b"\n\n")[0]
        mine = read(po(language))
        mine.update(template, no_fuzzy_matching=True, update_creation_date=False)
        mine.obsolete.clear()
        po(language).write_bytes(head + b"\n\n" + _written(mine))
        po(language).with_suffix(".mo").write_bytes(compiled(read(po(language))))


def _written(catalogue: Catalog) -> bytes:
    """Without line numbers, so that only a changed text changes the file; without the header's dates."""
    told = io.BytesIO()
    write_po(told, catalogue, width=120, omit_header=True, sort_by_file=True, include_lineno=False)
    return told.getvalue()
