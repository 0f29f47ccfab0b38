"""A letter that would show one party's data to another cannot be made: canaries, every letter, hostile templates."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape

from rj_engine import bpmn
from rj_engine.letters import letter, making, page, pdf, wall, word, writing
from rj_engine.letters.document import Document
from rj_engine.letters.letter import LetterBroken
from rj_engine.letters.views import VIEWS, ToVictim, known_to
from rj_engine.letters.wall import WallCrossed
from rj_engine.letters.writing import LetterNotReady
from tests.letters import canaries
from tests.letters.canaries import HELD_AT, KINDS, PRISON_NUMBER, Full, a_full_case
from tests.places import Product

TEXTS = {name: text.decode() for name, text in bpmn.letters().items()}
TO = {name: letter.read(name, text).to for name, text in TEXTS.items()}
MAY_NAME = {"prison": {"harmer"}}
"""Offices to whom somebody of the case may be named; nobody to any other."""
RELEASED = {"where_next_words": "We go on with somebody else."}


@pytest.fixture(scope="module")
def place(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, for all of these tests together: none of them changes a case."""
    path = tmp_path_factory.mktemp("letters") / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.opened(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture(scope="module")
def full(place: Product) -> Full:
    return a_full_case(place)


def addressees(to: str) -> list[str | None]:
    """Everybody in the full case to whom a letter of this kind may go."""
    roles = bpmn.parties()[to]["roles"] if to in bpmn.parties() else []
    return [person for person, (role, _) in KINDS.items() if role in roles] or [None]


def written(product: Product, full: Full, name: str, person: str | None, **typed: str) -> Document:
    """One letter, as the task page writes it."""
    about = person if person in {"victim", "victim_2"} else "victim"
    at_hand = replace(full.making(product, person, about, **{**canaries.typed(), **typed}), released=RELEASED)
    view = making.view(at_hand, TO[name])
    document = writing.write(name, TEXTS[name], view, making.cover(at_hand))
    wall.check(at_hand, letter.read(name, TEXTS[name]), view, document)
    return document


def in_word(document: Document) -> str:
    """Every XML part of the Word file, properties included."""
    with zipfile.ZipFile(io.BytesIO(word.made(document))) as file:
        return "\n".join(file.read(each).decode() for each in file.namelist() if each.endswith((".xml", ".rels")))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_letter_holds_nothing_of_anybody_but_its_addressee(place: Product, full: Full, name: str) -> None:
    for person in addressees(TO[name]):
        document = written(place, full, name, person)
        others = set(KINDS) - {person} - MAY_NAME.get(TO[name], set())
        for shown in (document.text, page.whole(document), in_word(document)):
            assert canaries.found(shown, others) == []
            if TO[name] != "prison":
                assert canaries.close(HELD_AT) not in canaries.close(shown)
                assert canaries.close(PRISON_NUMBER) not in canaries.close(shown)
        if person is not None:
            assert canaries.name(person) in document.text


@pytest.mark.parametrize("name", sorted(name for name, to in TO.items() if to in {"prison", "agency"}))
def test_of_the_harmer_a_prison_is_told_name_and_number_and_an_agency_nothing(
    place: Product, full: Full, name: str
) -> None:
    shown = written(place, full, name, None).text
    allowed = {canaries.close(part) for part in (canaries.name("harmer"), *canaries.name("harmer").split())}
    assert set(canaries.found(shown, {"harmer"})) <= (allowed if TO[name] == "prison" else set())


def test_what_one_victim_agreed_is_in_nobody_elses_letter(place: Product, full: Full) -> None:
    first = written(place, full, "victim_agreement.md", "victim").text
    second = written(place, full, "victim_agreement.md", "victim_2").text
    assert "gate" in first
    assert "window" not in first
    assert "window" in second
    assert "gate" not in second


def test_each_party_is_told_their_own_time_alone(place: Product, full: Full) -> None:
    first = written(place, full, "party_1_meeting.md", "party_1").text
    second = written(place, full, "party_2_meeting.md", "party_2").text
    assert ("10am" in first, "10.15am" in first) == (True, False)
    assert ("10am" in second, "10.15am" in second) == (False, True)


@pytest.mark.parametrize("person", [person for person in KINDS if person != "harmer"])
@pytest.mark.parametrize("of_them", ["name", "first", "phone", "email", "street", "town"])
def test_a_name_or_number_that_somebody_typed_holds_the_letter_back(
    place: Product, full: Full, person: str, of_them: str
) -> None:
    told = canaries.contact(person)
    street, town, _ = told[f"{person}_address"].splitlines()
    words = {
        "name": canaries.name(person).upper(),
        "first": canaries.first(person),
        "phone": told[f"{person}_phone"].replace(" ", "-"),
        "email": told[f"{person}_email"],
        "street": street,
        "town": town,
    }[of_them]
    with pytest.raises(WallCrossed) as refusal:
        written(place, full, "prison_event_request.md", None, event_people=f"Two of us, and {words}.")
    assert words not in refusal.value.sentence


def test_where_the_harmer_is_held_holds_a_victims_letter_back(place: Product, full: Full) -> None:
    for words in (HELD_AT, PRISON_NUMBER, canaries.name("harmer")):
        typed = {"item_1_text": f"Meet at {words}.", "item_1_owner": "Both"}
        with pytest.raises(WallCrossed):
            written(place, full, "victim_agreement.md", "victim", **typed)


def test_no_view_has_a_fact_of_the_other_side() -> None:
    theirs = {f"{kind}_name" for kind in bpmn.parties()}
    for kind in VIEWS:
        own = {f"{kind}_name"} | {f"{each}_name" for each in MAY_NAME.get(kind, set())}
        assert known_to(kind).keys() & theirs <= own, kind
    never = {"prisoner_number", "reference", "their_reference", "establishment", "harmer_name"}
    assert not known_to("victim").keys() & never


ATTACKS = [
    "{{ victim_name.__class__ }}",
    "{{ victim_name['__class__'] }}",
    "{{ victim_name|attr('__class__') }}",
    "{{ ().__class__.__bases__[0].__subclasses__() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self }}",
    "{{ cycler.__init__ }}",
    "{{ lipsum() }}",
    "{{ range(9) }}",
    "{{ namespace() }}",
    "{{ joiner }}",
    "{{ loop }}",
    "{{ caller() }}",
    "{{ varargs }}",
    "{{ '{0.__class__}'.format(victim_name) }}",
    "{{ '%s' % victim_name }}",
    "{{ victim_name ~ harmer_name }}",
    "{{ harmer_name }}",
    "{{ harmer_name|default('x') }}",
    "{{ harmer_name is defined }}",
    "{% if harmer_name is defined %}x{% endif %}",
    "{% if harmer_name %}x{% endif %}",
    "{% for x in harmer_name %}{{ x }}{% endfor %}",
    "{% for x in agreed_items %}{{ loop.index }}{% endfor %}",
    "{% for _x in agreed_items recursive %}{{ _x }}{% endfor %}",
    "{% for a, b in agreed_items %}{{ a }}{% endfor %}",
    "{% for x in agreed_items if x %}{{ x }}{% endfor %}",
    "{% for x in agreed_items %}{% endfor %}{{ x }}",
    "{% set x = victim_name %}{{ x }}",
    "{% macro m() %}{% endmacro %}",
    "{% include 'harmer_invitation.md' %}",
    "{% import 'harmer_invitation.md' as x %}",
    "{% extends 'harmer_invitation.md' %}",
    "{% block a %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% call x() %}{% endcall %}",
    "{% with x = 1 %}{{ x }}{% endwith %}",
    "{% autoescape false %}{% endautoescape %}",
    "{{ victim_name() }}",
    "{{ victim_name[0:2] }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ -1 }}",
    "{{ [victim_name] }}",
    "{{ {'a': 1} }}",
    "{{ none }}",
    "{{ _ }}",
    "{{ __builtins__ }}",
    "{{ victim_name if harmer_name else 'x' }}",
    "\ue000",
]


def a_victims_view(**changed: object) -> ToVictim:
    known = {
        "service_name": "The service",
        "service_contact": "01632 960000",
        "facilitator_name": "Fran Invented",
        "written_on": "1 June 2026",
        "victim_name": "Vic Invented",
        "agreed_items": ("Mend the gate.", "Say sorry."),
    }
    return ToVictim(**{**known, **changed})


def as_letter(body: str, facts: str = "victim_name agreed_items facilitator_name") -> str:
    return f"---\nto: victim\nfacts: {facts}\n---\n# A letter\n\n{body}\n"


@pytest.mark.parametrize("body", ATTACKS)
def test_a_letter_that_reaches_for_more_is_found_before_it_is_published_and_never_written(body: str) -> None:
    text = as_letter(body)
    assert letter.findings("x.md", text)
    with pytest.raises(LetterBroken):
        writing.write("x.md", text, a_victims_view())


NAMES = [*sorted({name for kind in VIEWS for name in known_to(kind)}), "self", "loop", "_", "__class__", "config", "x"]
PIECES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(["'a'", "1", "()", "[]", "{}", "none", "true"]),
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An expression made out of others."""
    return st.one_of(
        st.builds("{}.{}".format, inner, st.sampled_from(["__class__", "name", "format", "_x", "__globals__"])),
        st.builds("{}[{}]".format, inner, inner),
        st.builds(
            "{}|{}".format, inner, st.sampled_from(["upper", "attr('x')", "map('upper')", "list", "default('')"])
        ),
        st.builds("{}({})".format, inner, inner),
        st.builds("{} ~ {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("not {}".format, inner),
        st.builds("{} is {}".format, inner, st.sampled_from(["defined", "none", "string"])),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("{} % {}".format, inner, inner),
    )


EXPRESSIONS = st.recursive(PIECES, grown, max_leaves=4)
BODIES = st.one_of(
    st.builds("{{{{ {} }}}}".format, EXPRESSIONS),
    st.builds("{{% if {} %}}a{{% endif %}}".format, EXPRESSIONS),
    st.builds("{{% for x in {} %}}{{{{ {} }}}}{{% endfor %}}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("{{% set {} = {} %}}{{{{ {} }}}}".format, st.sampled_from(NAMES), EXPRESSIONS, EXPRESSIONS),
    st.text(alphabet="{}%#_.[]()|'\" abx\n*-<>&", max_size=30),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies=st.lists(BODIES, min_size=1, max_size=3))
def test_whatever_an_author_writes_only_the_addressees_facts_come_out(bodies: list[str]) -> None:
    """A letter of only allowed parts says allowed facts; any other is refused at publishing and broken at writing."""
    text = as_letter("\n".join(bodies))
    view = a_victims_view()
    if letter.findings("x.md", text):
        with pytest.raises(LetterBroken):
            writing.write("x.md", text, view)
        return
    try:
        shown = writing.write("x.md", text, view).text
    except (LetterBroken, LetterNotReady):
        return
    for told in (*view.agreed_items, view.victim_name, view.facilitator_name, view.written_on):
        shown = shown.replace(told, "")
    body = "".join(bodies)
    assert all(sign in f"A letter;\n {body}" for sign in shown)
    assert "object" not in shown
    assert "class" not in shown


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=60))
def test_whatever_somebody_is_called_is_a_name_and_never_markup(name: str) -> None:
    said = writing.printable(name)
    if not said:
        return
    text = as_letter("Dear {{ victim_name }},\n\n- {{ victim_name }}\n\n**{{ victim_name }}**", "victim_name")
    document = writing.write("x.md", text, a_victims_view(victim_name=name))
    once = " ".join(said.split())
    plain = " ".join(document.text.split())
    assert plain == " ".join(f"1 June 2026 A letter Dear {once}, {once} {once}".split())
    shown = page.whole(document)
    assert shown.count("<") == shown.count(">")


def test_a_name_in_any_script_can_be_printed() -> None:
    text = as_letter("Dear {{ victim_name }},", "victim_name")
    for name in ("Zoë Żółć", "Νίκος", "Иван", "عربي", "नेहा", "李小龍", "👩‍🦰", "<b>*_#\\$@{{7*7}}"):
        document = writing.write("x.md", text, a_victims_view(victim_name=f"\x0b{name}\ud83d\uffff"))
        assert pdf.made(document).startswith(b"%PDF-")
        assert escape(name) in in_word(document)
