"""From a parsed form to what its template shows: words, groups and questions, with values and errors in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from rj_engine.forms import Field, Form, Group, Option, Words
from rj_engine.forms.form import Condition, Part
from rj_engine.forms.html import PARTS
from rj_engine.forms.opening import rules, told
from rj_engine.forms.visibility import seen
from rj_engine.web.page.components import Params, component
from rj_engine.web.page.guidance import filled, safe_html

Choices = Callable[[Field], Sequence[Option]]


def nothing_listed(field: Field) -> Sequence[Option]:
    """No list of the service's own."""
    del field
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of the page: `words`, a `question`, or a `group` of more."""

    kind: str
    html: Markup = field(default_factory=Markup)
    label: str = ""
    macro: str = ""
    params: Params = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    place: str = ""
    """Names the conditions that open it; empty where it is always asked."""
    closed: bool = False
    when: str = ""
    opens: bool = False
    """Whether the browser can tell by itself when to open it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A form ready for its template."""

    blocks: tuple[Block, ...]
    table: Mapping[str, Any]
    """What `questions.js` looks answers up in."""
    errors: Sequence[Params]
    """For the error summary, in the order of the questions."""


def page_of(
    form: Form,
    raw: Mapping[str, object],
    variables: Mapping[str, object],
    messages: Mapping[str, Sequence[str]] | None = None,
    choices: Choices = nothing_listed,
) -> Page:
    """The form with these raw answers; `choices` gives the service's own list for a question (staff …)."""
    shown = _Shown(form, raw, variables, messages or {}, choices)
    return Page(tuple(shown.blocks(form.parts)), shown.table(), shown.errors())


class _Shown:
    """One form on one page."""

    def __init__(
        self,
        form: Form,
        raw: Mapping[str, object],
        variables: Mapping[str, object],
        messages: Mapping[str, Sequence[str]],
        choices: Choices,
    ) -> None:
        self.form, self.raw, self.variables, self.messages, self.choices = form, raw, variables, messages, choices
        self.rules = rules(form, variables)
        self.numbered = {text: f"r{number}" for number, text in enumerate(self.rules)}
        _, self.context = seen(form, raw, variables)
        self.places: dict[str, list[str]] = {}

    def blocks(self, parts: Sequence[Part], around: int = 0) -> Iterator[Block]:
        """The parts of a form in order, without those that the case itself makes moot."""
        for part in parts:
            own = part.conditions[around:]
            if not any(each.hides(self.variables) for each in own if not self._reads(each)):
                yield self._block(part, [each for each in own if self._reads(each)])

    def _reads(self, condition: Condition) -> bool:
        """Whether it reads any answer of this form."""
        return not condition.expression.names.isdisjoint(self.form.fields)

    def _block(self, part: Part, conditions: Sequence[Condition]) -> Block:
        more = self._place(part, conditions) if conditions else {}
        if isinstance(part, Words):
            return Block(kind="words", html=safe_html(filled(part.text, self.variables)), **more)
        if isinstance(part, Group):
            inside = tuple(self.blocks(part.parts, len(part.conditions)))
            return Block(kind="group", label=part.label, blocks=inside, **more)
        macro, params = component(part, self.raw.get(part.key), self._options(part), self.messages.get(part.key, ()))
        return Block(kind="question", macro=macro, params=params, **more)

    def _options(self, field: Field) -> Sequence[Option]:
        return self.choices(field) or field.options

    def _place(self, part: Part, conditions: Sequence[Condition]) -> dict[str, Any]:
        place = f"p{len(self.places)}"
        self.places[place] = [self.numbered[each.text] for each in conditions if each.text in self.numbered]
        opens = all(each.text in self.rules for each in conditions)
        said = part.properties.get("when", "") if isinstance(part, Field) else ""
        return {
            "place": place,
            "opens": opens,
            "closed": opens and any(each.hides(self.context) for each in conditions),
            "when": said or told(self.form, conditions, self.rules) or gettext("Answer this only if it applies."),
        }

    def table(self) -> Mapping[str, Any]:
        """Order, rules and places for the browser; empty where nothing opens or closes."""
        fields = [self.form.fields[key] for key in self.form.ordered]
        if not self.places:
            return {}
        return {
            "order": [[each.key, each.type, self._names(each.conditions)] for each in fields],
            "rules": {
                self.numbered[text]: {"reads": rule.reads, "hides": rule.hides} for text, rule in self.rules.items()
            },
            "places": self.places,
        }

    def _names(self, conditions: Sequence[Condition]) -> list[str]:
        return [self.numbered[each.text] for each in conditions if each.text in self.numbered]

    def errors(self) -> list[Params]:
        """Each message with a link to its question; a message about no question has none."""
        return [
            {"text": message, "href": f"#{self._anchor(self.form.fields[key])}"}
            if key in self.form.fields
            else {"text": message}
            for key, messages in self.messages.items()
            for message in messages
        ]

    def _anchor(self, field: Field) -> str:
        """The element to focus: of a date the first part that is missing, else the day."""
        if field.type != "date":
            return field.key
        raw = self.raw.get(field.key)
        lacking = [part for part in PARTS if isinstance(raw, Mapping) and not raw.get(part)]
        return f"{field.key}-{(lacking or PARTS)[0]}"
