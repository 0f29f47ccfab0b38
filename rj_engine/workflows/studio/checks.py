"""What is wrong with a draft: what publishing would refuse, file by file, as its author draws."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from rj_engine import bpmn, dmn
from rj_engine.errors import Finding
from rj_engine.forms import Form
from rj_engine.forms.parsing import FormRefused
from rj_engine.forms.parsing import parse as parse_form
from rj_engine.workflows.engine import lint, parsing
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.engine.diagram import Diagram, Node
from rj_engine.workflows.engine.xml import read_xml
from rj_engine.workflows.published import publishing, tables, unheard, versions, ways, witnessed
from rj_engine.workflows.published.versions import Bundle

DIAGRAM: Final = ".bpmn"
DECISION: Final = ".dmn"
FORM: Final = ".form"
TAKEN: Final = frozenset({"never_taken", "always_taken"})
ALONE: Final = frozenset({"always_true", "always_false"})
DEEPEST: Final = 40
"""Brackets of a form in one another; the shipped ones have ten at most."""
QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A text in quotes, also one that nobody closes: read once, never looked back into."""
BRACKETS: Final = re.compile(r"[][{}]")


@dataclass(frozen=True, slots=True)
class Noted:
    """One finding, and the file it is about; no file where it is about the whole."""

    file: str
    finding: Finding
    rows: tuple[str, ...] = ()
    """The rows of a decision table that it is about."""

    @property
    def refuses(self) -> bool:
        """Whether it keeps the draft from being published."""
        return self.finding.severity == "error"


def files_of(bundle: Bundle) -> dict[str, str]:
    """Every file of a bundle that an editor opens: diagrams, decisions, forms."""
    return {**bundle.diagrams, **bundle.decisions, **{f"{key}{FORM}": text for key, text in bundle.forms.items()}}


def with_file(bundle: Bundle, file: str, text: str) -> Bundle:
    """The bundle with one file put in, and whatever that file names which ships with the product."""
    if file.endswith(FORM):
        return replace(bundle, forms={**bundle.forms, file.removesuffix(FORM): text})
    if file.endswith(DECISION):
        return replace(bundle, decisions={**bundle.decisions, file: text})
    return completed(replace(bundle, diagrams={**bundle.diagrams, file: text}))


def completed(bundle: Bundle) -> Bundle:
    """The bundle with the shipped parts, forms, decisions and letters that its diagrams name and it does not hold."""
    diagrams = dict(bundle.diagrams)
    shipped = {f"{key}{DIAGRAM}": text.decode() for key, text in bpmn.pathways().items()}
    while called := {f"{node.called}{DIAGRAM}" for node in _nodes(diagrams)} & shipped.keys() - diagrams.keys():
        diagrams |= {file: shipped[file] for file in called}
    elements = [node.element for node in _nodes(diagrams)]
    forms, letters = bpmn.forms(), bpmn.letters()
    wanted = {element.form for element in elements if element.form} & forms.keys()
    named = {
        name
        for one in elements
        for name in (one.properties.get("letter", ""), *one.properties.get("drafts", "").split())
    }
    return replace(
        bundle,
        diagrams=diagrams,
        decisions=_with_decisions(bundle.decisions, {node.decision for node in _nodes(diagrams) if node.decision}),
        forms={**{key: forms[key].decode() for key in wanted}, **bundle.forms},
        letters={**{name: letters[name].decode() for name in named & letters.keys()}, **bundle.letters},
    )


def _with_decisions(held: Mapping[str, str], wanted: set[str]) -> dict[str, str]:
    known = {decision for text in held.values() for decision in _decided(text)}
    shipped = {f"{key}{DECISION}": text.decode() for key, text in bpmn.decisions().items()}
    more = {file: text for file, text in shipped.items() if (wanted - known) & _decided(text) and file not in held}
    return {**held, **more}


def _decided(text: str) -> set[str]:
    return set(_models_of(text))


def read(diagrams: Mapping[str, str]) -> list[Diagram]:
    """The diagrams that can be read."""
    return lint.read_sources({file: text.encode() for file, text in diagrams.items()})[0]


def _nodes(diagrams: Mapping[str, str]) -> list[Node]:
    return [node for diagram in read(diagrams) for node in diagram.nodes.values()]


def noted(bundle: Bundle, before: Bundle | None = None) -> list[Noted]:
    """Everything wrong with a draft; `before` is the published version whose element ids it has to keep."""
    found = [*_diagrams(bundle), *_decisions(bundle), *_forms(bundle)]
    if before is not None:
        found += _renamed(before, bundle)
    found += _choices(bundle) if any(one.refuses for one in found) else _as_a_whole(bundle)
    homes = {diagram.process: diagram.file for diagram in read(bundle.diagrams)}
    return _said_once([one if one.file in bundle.diagrams else _at_home(one, homes) for one in found])


def _at_home(one: Noted, homes: Mapping[str, str]) -> Noted:
    """The same of the file that holds the process, where another tool called the two differently."""
    process, slash, _ = (one.finding.element or "").partition("/")
    return replace(one, file=homes.get(process, one.file)) if slash else one


def _said_once(found: list[Noted]) -> list[Noted]:
    """Without what a condition is by itself where the same is told of its way out, in more words."""
    ways_told = {(one.finding.element or "").partition("/")[2] for one in found if one.finding.code in TAKEN}
    return [one for one in found if one.finding.code not in ALONE or one.finding.element not in ways_told]


def unreadable(file: str, text: str) -> list[Finding]:
    """Why a file cannot even be opened again; empty where it can."""
    if file.endswith(DIAGRAM):
        return lint.read_sources({file: text.encode()})[1]
    if file.endswith(DECISION):
        found = read_xml(text.encode())
        return [found] if isinstance(found, Finding) else []
    if nesting(text) > DEEPEST:
        return [Finding("too_deep", f"The form nests its parts more than {DEEPEST} deep.")]
    try:
        parse_form(text)
    except FormRefused as refused:
        return [one for one in refused.findings if one.code == "form_unreadable"]
    return []


def nesting(text: str) -> int:
    """How deep brackets stand in one another outside quoted words: looked at before any reader follows them."""
    deepest = depth = 0
    for bracket in BRACKETS.findall(QUOTED.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _diagrams(bundle: Bundle) -> Iterator[Noted]:
    sources = {file: text.encode() for file, text in bundle.diagrams.items()}
    for finding in lint.lint(sources, clocks=bundle.clocks):
        only = next(iter(sources)) if len(sources) == 1 else ""  # then no sentence begins with its name
        file = next((name for name in sources if finding.message.startswith(f"{name}: ")), only)
        yield Noted(file, replace(finding, message=finding.message.removeprefix(f"{file}: ")))


def _decisions(bundle: Bundle) -> Iterator[Noted]:
    for file, text in bundle.decisions.items():
        try:
            model = versions.model_of(text.encode())
        except dmn.DecisionRefused as refused:
            yield from (Noted(file, finding) for finding in refused.findings)
        else:
            if not model.decisions:
                yield Noted(file, Finding("no_decision", "The file holds no decision."))
            yield from (Noted(file, one.finding, one.rows) for one in tables.found(model))


def _forms(bundle: Bundle) -> Iterator[Noted]:
    for key, text in bundle.forms.items():
        try:
            form = parse_form(text)
        except FormRefused as refused:
            yield from (Noted(f"{key}{FORM}", finding) for finding in refused.findings)
        else:
            if form.id != key:
                words = f"The form's id is “{form.id}”; the file is called “{key}”."
                yield Noted(f"{key}{FORM}", Finding("form_id", words))


def _choices(bundle: Bundle) -> Iterator[Noted]:
    """What is wrong with the choices of what can be read, while something else keeps the draft from being whole."""
    forms = {key: form for key, text in bundle.forms.items() if (form := _form_of(text)) is not None}
    models = {key: model for text in bundle.decisions.values() for key, model in _models_of(text).items()}
    sources = {file: text.encode() for file, text in bundle.diagrams.items()}
    told = [*unheard.findings(sources, forms.values()), *ways.of(bundle.pathway, sources, forms, models)]
    for finding in told:
        yield Noted(f"{(finding.element or '').partition('/')[0]}{DIAGRAM}", finding)


def _form_of(text: str) -> Form | None:
    try:
        return parse_form(text)
    except FormRefused:
        return None


def _models_of(text: str) -> dict[str, dmn.Model]:
    try:
        model = versions.model_of(text.encode())
    except dmn.DecisionRefused:
        return {}
    return dict.fromkeys(versions.facts_read(model), model)


def _as_a_whole(bundle: Bundle) -> Iterator[Noted]:
    """What only shows when everything is put together, as publishing does; parts that nothing calls yet alone."""
    yield from _uncalled(bundle)
    try:
        found = publishing.misses(versions.unpack(UUID(int=0), 0, bundle))
    except PathwayRefused as refused:
        found = refused.findings
    for finding in found:
        element = finding.element or ""
        if finding.code == witnessed.DROPS:
            yield Noted(_table_of(bundle, element), finding, (element,))
            continue
        file = f"{element.partition('/')[0]}{DIAGRAM}"
        yield Noted(file if file in bundle.diagrams else "", finding)


def _table_of(bundle: Bundle, row: str) -> str:
    """The file of the decision table that has this row."""
    return next((file for file, text in bundle.decisions.items() if f'<rule id="{row}"' in text), "")


def _uncalled(bundle: Bundle) -> Iterator[Noted]:
    """What parsing refuses in a diagram that the pathway does not reach."""
    drawn = read(bundle.diagrams)
    called = {f"{node.called}{DIAGRAM}" for one in drawn for node in one.nodes.values()}
    sources = {file: text.encode() for file, text in bundle.diagrams.items()}
    inputs = {key: facts for text in bundle.decisions.values() for key, facts in _facts(text).items()}
    for file in sorted(sources.keys() - called - {f"{bundle.pathway}{DIAGRAM}"}):
        try:
            parsing.parse(file, sources, inputs)
        except PathwayRefused as refused:
            yield from (Noted(file, finding) for finding in refused.findings)


def _facts(text: str) -> dict[str, list[str]]:
    return versions.facts_read(versions.model_of(text.encode()))


def _renamed(before: Bundle, after: Bundle) -> Iterator[Noted]:
    """Elements that are the same to an author and not to the cases that wait at them."""
    old = {node.element.key: node.element for node in _nodes(before.diagrams)}
    new = {node.element.key: node.element for node in _nodes(after.diagrams)}
    gone = {(one.process, one.kind, one.name): one for key, one in old.items() if key not in new and one.name}
    for key, element in new.items():
        was = gone.get((element.process, element.kind, element.name))
        if key not in old and was is not None:
            words = f"“{element.name}” has the id “{was.id}” in the published version. Running cases know it by that."
            yield Noted(f"{element.process}{DIAGRAM}", Finding("id_changed", words, key))
