"""Finding people and cases by name, telephone, crime or prison number, as one hears and mistypes them; reading only.

Candidates are counted by their marks in the database; the best of them are opened and compared letter by letter.
Whoever may not see a case is told no more than that there may be a link, and only where the likeness is plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import jellyfish
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session, aliased

from rj_engine import sealing
from rj_engine.cases import marks
from rj_engine.cases.case import Case, Party, visible
from rj_engine.cases.found_by import FoundBy, in_district
from rj_engine.commands import Actor

REFERENCE: Final = re.compile(r"[A-Z]{1,6}-[A-Z0-9]{6}")
MOST_WORDS: Final = 6
CANDIDATES: Final = 200
"""How many are opened and compared."""
COMMON: Final = 4000
"""Marks from which on a word is too common to find anybody by its sound and its slips."""
SHOWN: Final = 20
LIKE: Final = 0.86
"""From here on a name is like what was typed, all words together; a single word from `WORD_LIKE` on."""
WORD_LIKE: Final = 0.78
PLAIN: Final = 0.97
"""From here on a likeness is plain enough to send somebody to a lead."""
SOUNDS: Final = 0.93
SAME: Final = 1.0
NEARLY: Final = 0.999


@dataclass(frozen=True, slots=True)
class Found:
    """One case, and who in it was found; `why` says what is alike."""

    reference: str
    title: str
    status: str
    stage: str
    name: str | None
    role: str | None
    wall: str | None
    why: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, most alike first."""

    found: tuple[Found, ...] = ()
    elsewhere: bool = False
    """Whether there is a plain match in a case that this person may not see: a lead has to look."""
    more: bool = False
    """Whether there is more than is shown."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    case: Any
    person: Any
    open_to: bool


def search(session: Session, by: Actor, typed: str, district: str = "") -> Result:
    """Whatever was typed: a reference, a number, an e-mail address, or a name; in one district where one is named."""
    typed = " ".join(typed.split())
    if REFERENCE.fullmatch(typed.upper()):
        return _by_reference(session, by, typed.upper())
    if "@" in typed:
        return _by_mark(session, by, {marks.of_address(typed): "The same e-mail address"}, district)
    if marks.looks_like_a_number(typed):
        return by_number(session, by, typed, district)
    return by_name(session, by, typed, district)


def by_number(session: Session, by: Actor, typed: str, district: str = "") -> Result:
    """Who has this telephone, crime or prison number, or one that ends like it."""
    known = {marks.of_whole_number(typed): "The same number"}
    if (ending := marks.of_ending(typed)) is not None:
        known.setdefault(ending, "A number that ends like this")
    return _by_mark(session, by, known, district)


def by_name(session: Session, by: Actor, typed: str, district: str = "") -> Result:
    """Whose name is spelt or sounds like this, in any order of its words."""
    words = marks.words_of(typed)[:MOST_WORDS]
    if not words:
        return Result()
    found: list[tuple[float, Found | None]] = []
    for each in _opened(session, by, _alike(session, by, words, district)):
        name = str(sealing.unseal_json(each.person.name_sealed, "party", "name_sealed", each.person.id))
        likeness, why = compare(words, marks.words_of(name))
        if likeness >= LIKE:
            found.append((likeness, _found(each, name, why, likeness) if each.open_to else None))
    elsewhere = any(each is None and likeness >= PLAIN and len(words) > 1 for likeness, each in found)
    return _result((each for _, each in found if each is not None), elsewhere=elsewhere)


def compare(typed: Sequence[str], name: Sequence[str]) -> tuple[float, str]:
    """How alike two names are, 0 to 1, and in what way; each typed word with the word that fits it best."""
    if not typed or not name:
        return 0.0, ""
    each = [max(((_word(one, other)), other) for other in name) for one in typed]
    likeness = [value for value, _ in each]
    if min(likeness) < WORD_LIKE:
        return 0.0, ""
    middle = sum(likeness) / len(likeness)
    if middle >= NEARLY:
        return middle, "The same name" if len(typed) == len(name) else "Part of the name"
    pairs = zip(typed, (other for _, other in each), strict=True)
    sounds = all(one == other or marks.sound_of(one) == marks.sound_of(other) != "" for one, other in pairs)
    return middle, "Sounds the same" if sounds else "Spelt nearly the same"


def _word(one: str, other: str) -> float:
    if one == other:
        return SAME
    letters = jellyfish.jaro_winkler_similarity(one, other)
    sound = marks.sound_of(one)
    return max(letters, SOUNDS) if len(sound) > 1 and sound == marks.sound_of(other) else letters


def _alike(session: Session, by: Actor, words: Sequence[str], district: str) -> list[UUID]:
    """Rows that share most with the words: first those that have something of each word.

    A word that thousands have finds nobody; beside rarer ones it is left to the comparison that follows.
    """
    each = [sorted(marks.of_word(word)) for word in words]
    rare = [one for one in each if _is_rare(session, one)]
    if not rare:
        return _with_every(session, by, words, district)
    every = sorted({mark for one in rare for mark in one})
    hit = [func.max(when((FoundBy.mark.in_(one), 1), else_=0)) for one in rare]
    reached = sum(hit[1:], hit[0])
    wanted = select(FoundBy.holder_id).join(Case, Case.id == FoundBy.case_id)
    wanted = wanted.where(FoundBy.mark.in_(every), *_within(by, district)).group_by(FoundBy.holder_id)
    ordered = wanted.order_by(reached.desc(), func.count().desc(), FoundBy.holder_id).limit(CANDIDATES)
    return list(session.scalars(ordered))


def _is_rare(session: Session, of_word: Sequence[int]) -> bool:
    """Whether few enough rows have something of a word to look at each; counting stops where they are too many."""
    some = select(FoundBy.mark).where(FoundBy.mark.in_(of_word)).limit(COMMON)
    return (session.scalar(select(func.count()).select_from(some.subquery())) or 0) < COMMON


def _within(by: Actor, district: str) -> list[ColumnElement[bool]]:
    """The cases of one's service, and of a district where one is named."""
    service = Case.service_id == by.service_id
    return [service, Case.id.in_(in_district(district))] if district else [service]


def _with_every(session: Session, by: Actor, words: Sequence[str], district: str) -> list[UUID]:
    """Rows that have every word as it is, where each of them is common."""
    first, *others = (marks.of_whole_word(word) for word in words)
    wanted = select(FoundBy.holder_id).join(Case, Case.id == FoundBy.case_id)
    wanted = wanted.where(FoundBy.mark == first, *_within(by, district))
    for mark in others:
        also = aliased(FoundBy)
        wanted = wanted.where(exists().where(also.mark == mark, also.holder_id == FoundBy.holder_id))
    return list(session.scalars(wanted.limit(CANDIDATES)))


def _opened(session: Session, by: Actor, holders: Sequence[UUID]) -> list[_Candidate]:
    person = (Party.id, Party.name_sealed, Party.role, Party.wall)
    wanted = select(*person, *_OF_CASE, visible(by).label("open_to")).join(Case, Case.id == Party.case_id)
    return [_Candidate(row, row, bool(row.open_to)) for row in session.execute(wanted.where(Party.id.in_(holders)))]


_OF_CASE: Final = (
    Case.id.label("of_case"),
    Case.reference,
    Case.title_sealed,
    Case.status,
    Case.stage,
    Case.opened_at,
)


def _by_mark(session: Session, by: Actor, known: dict[int, str], district: str) -> Result:
    """Everything with one of these marks; the earlier mark says more."""
    order = list(known)
    wanted = select(FoundBy.mark, FoundBy.holder_id, *_OF_CASE, visible(by).label("open_to"))
    wanted = wanted.join(Case, Case.id == FoundBy.case_id).where(FoundBy.mark.in_(order))
    rows = session.execute(wanted.where(*_within(by, district)).limit(CANDIDATES)).all()
    best: dict[UUID, Any] = {}
    for row in sorted(rows, key=lambda one: order.index(one.mark)):
        best.setdefault(row.holder_id, row)
    people = {row.id: row for row in session.execute(_PEOPLE.where(Party.id.in_(best)))}
    found, elsewhere = [], False
    for holder, row in best.items():
        whole = row.mark == order[0]
        if not row.open_to:
            elsewhere = elsewhere or whole
            continue
        person = people.get(holder)
        name = str(sealing.unseal_json(person.name_sealed, "party", "name_sealed", person.id)) if person else None
        likeness = SAME if whole else LIKE
        found.append(_found(_Candidate(row, person, open_to=True), name, known[row.mark], likeness))
    return _result(found, elsewhere=elsewhere)


_PEOPLE: Final = select(Party.id, Party.name_sealed, Party.role, Party.wall)


def _by_reference(session: Session, by: Actor, reference: str) -> Result:
    wanted = select(*_OF_CASE).where(Case.reference == reference, visible(by))
    return Result(
        tuple(
            _found(_Candidate(row, None, open_to=True), None, "This reference", SAME) for row in session.execute(wanted)
        )
    )


def _found(each: _Candidate, name: str | None, why: str, likeness: float) -> Found:
    case, person = each.case, each.person
    return Found(
        reference=case.reference,
        title=str(sealing.unseal_json(case.title_sealed, "case", "title_sealed", case.of_case)),
        status=case.status,
        stage=case.stage,
        name=name,
        role=person.role if person else None,
        wall=person.wall if person else None,
        why=why,
        likeness=round(likeness, 3),
    )


def _result(found: Iterable[Found], *, elsewhere: bool) -> Result:
    ordered = sorted(found, key=lambda one: (-one.likeness, one.status == "closed", one.reference))
    return Result(tuple(ordered[:SHOWN]), elsewhere, len(ordered) > SHOWN)
