"""Finding somebody among a hundred thousand people, misspelt, by sound, by number; the whole page."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from sqlalchemy import insert, select, text

from rj_engine import sealing
from rj_engine.cases import finding, marks
from rj_engine.cases.case import Case, Party
from rj_engine.cases.found_by import FoundBy
from rj_engine.database import db, table
from tests.bench.figures import Figure, median, milliseconds
from tests.bench.furniture import databases
from tests.browsing import signed_in
from tests.places import Product

PEOPLE: Final = 100_000
AT_ONCE: Final = 5_000
SOUNDS: Final = ("ka", "ro", "mi", "len", "sta", "vi", "dor", "be", "na", "shu", "gri", "tho", "mar", "wen", "li", "os")
COMMON: Final = ("Robin", "Alex", "Sam", "Ash", "Jordan", "Casey", "Morgan", "Rowan")
SOUGHT: Final = {
    "one word that many have": "Robin",
    "a name as it is": "Robin Karomilen",
    "a misspelt name": "Robyn Karonilen",
    "a telephone number": "07700 912345",
}
MOST: Final = 100


def figures() -> Iterator[Figure]:
    """For each database: what each kind of search takes, and the page."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                yield from _of(kind, product)


def _of(kind: str, product: Product) -> Iterator[Figure]:
    _fill(product)
    by = product.actor("lead")
    for name, sought in SOUGHT.items():
        found = finding.search(db.session(), by, sought)
        assert found.found, name
        times = milliseconds(partial(_search, by, sought), 15)
        yield Figure(f"search, {name}, {PEOPLE:,} people", median(times), "ms p50", MOST, kind)
        yield Figure(f"search, {name}, {PEOPLE:,} people", max(times), "ms worst", None, kind)
    client = signed_in(product, "lead")
    page = client.get("/search").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = {"csrf_token": token, "sought": SOUGHT["a misspelt name"]}
    address = client.post("/search", data=sent).headers["Location"]
    times = milliseconds(lambda: client.get(address), 10)
    yield Figure(f"search page, a misspelt name, {PEOPLE:,} people", median(times), "ms p50", MOST, kind)


def _search(by: Any, sought: str) -> None:
    db.session.rollback()
    finding.search(db.session(), by, sought)


def _fill(product: Product) -> None:
    """Two people in each of fifty thousand cases, all invented from syllables."""
    made = product.do_referral("coordinator")
    where = select(table(Case)).where(table(Case).c.reference == made["reference"])
    pattern = dict(product.session.execute(where).mappings().one())
    chance = random.Random(7)
    with db.engine.begin() as connection:
        for start in range(0, PEOPLE // 2, AT_ONCE // 2):
            cases: list[dict[str, Any]] = []
            people: list[dict[str, Any]] = []
            known: list[dict[str, Any]] = []
            for number in range(start, start + AT_ONCE // 2):
                case = _case(pattern, number)
                cases.append(case)
                for wall, role in (("V", "victim"), ("H", "harmer")):
                    person, found = _person(case["id"], wall, role, number, chance)
                    people.append(person)
                    known += found
            connection.execute(insert(table(Case)), cases)
            connection.execute(insert(table(Party)), people)
            connection.execute(insert(table(FoundBy)), known)
    if db.engine.dialect.name == "postgresql":
        # Which gathers statistics by itself in time; SQLite has none in service either, so it is measured without.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def _case(pattern: dict[str, Any], number: int) -> dict[str, Any]:
    identity = uuid.uuid4()
    title = sealing.seal_json(f"Invented {number}", "case", "title_sealed", identity)
    return {**pattern, "id": identity, "reference": f"BE-{number:06}", "title_sealed": title}


def _person(
    case: uuid.UUID, wall: str, role: str, number: int, chance: random.Random
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    identity = uuid.uuid4()
    second = "".join(chance.choice(SOUNDS) for _ in range(chance.randrange(2, 5))).capitalize()
    name = f"{chance.choice(COMMON)} {second}" if number else "Robin Karomilen"
    phone = f"07700 9{number:05}"
    contact = {"victim_phone": phone} if wall == "V" else {}
    row = {"id": identity, "case_id": case, "role": role, "wall": wall, "number": 1, "name_mark": sealing.mark(name)}
    row["name_sealed"] = sealing.seal_json(name, "party", "name_sealed", identity)
    row["contact_sealed"] = sealing.seal_json(contact, "party", "contact_sealed", identity)
    found = marks.of_name(name) | (marks.of_number(phone) if contact else set())
    return row, [{"mark": mark, "holder_id": identity, "case_id": case} for mark in found]
