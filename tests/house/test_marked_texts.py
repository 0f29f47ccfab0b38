"""Every text of every page can be translated: what stands in a template or is flashed is marked for the catalogues."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rj_engine import web
from tests.house import unmarked

WEB = Path(web.__file__).parent
IN_ENGLISH_ON_PURPOSE = {
    "layout.html": ["Contact only after consent and a signed, current risk assessment."],
}
"""Template to what is not to be translated: the promise of the footer, until a translator has approved it."""


def test_every_text_of_every_template_is_marked_for_translation() -> None:
    assert unmarked.in_folder(WEB / "templates") == IN_ENGLISH_ON_PURPOSE


@pytest.mark.parametrize(
    "template",
    [
        "<p>Words</p>",
        "<p>{{ name }} was told</p>",
        '<a aria-label="Back"></a>',
        '<td data-label="{{ kind }} asked"></td>',
        '{{ "Closed" if closed }}',
        '{{ name or "not known" }}',
        '{{ govukInput({"label": {"text": "Your name"}}) }}',
        '{{ {"open": "Being drawn"}[state] }}',
        '{{ _("%(name)s", name=who or "Somebody") }}',
        "{% for each in all %}{% else %}None{% endfor %}",
    ],
)
def test_a_text_that_nobody_marked_is_found(template: str) -> None:
    assert unmarked.unmarked(template)


@pytest.mark.parametrize(
    "template",
    [
        '<p class="govuk-body">{{ _("Words") }}</p>',
        '<a aria-label="{{ _("Back") }}" href="/cases/{{ reference }}" data-module="govuk-button"></a>',
        '{{ ngettext("%(num)d task", "%(num)d tasks", many) }}, {{ day }}',
        '{# A word to whoever reads the template #}{{ "govuk-tag--red" if late else "govuk-tag--grey" }}',
        '<a href="{{ url_for("cases.show", reference="All of it") }}">{{ reference }}</a>',
        "<script>const words = 'Not said';</script>",
        '{{ _("Closed") if state == "Over and done" }}',
    ],
)
def test_what_is_marked_or_is_no_text_is_let_be(template: str) -> None:
    assert unmarked.unmarked(template) == []


def test_every_message_that_a_page_flashes_is_marked_for_translation() -> None:
    found = {path.relative_to(WEB).as_posix(): list(_flashed_bare(path)) for path in WEB.rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


def _flashed_bare(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        is_flash = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "flash"
        if is_flash and any(_is_bare(each) for each in _choices(node.args[0])):
            yield node.lineno


def _choices(words: ast.expr) -> list[ast.expr]:
    return [words.body, words.orelse] if isinstance(words, ast.IfExp) else [words]


def _is_bare(words: ast.expr) -> bool:
    return isinstance(words, ast.Constant | ast.JoinedStr | ast.BinOp)
