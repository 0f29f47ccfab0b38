"""A worker that dies while it moves cases leaves whole cases behind; another goes on, and none is moved twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rj_engine import clock
from rj_engine.workflows import rebuild
from rj_engine.workflows.migration import migrating
from rj_engine.workflows.migration.migrating import UndoMigration
from tests.places import Product
from tests.reliability.killing import Death, Tell, do_and_die
from tests.studio.drawing import MANAGER
from tests.studio.moving_cases import NEW_WORDS, a_new_version, asked, job, stands, told_of, worked
from tests.web.browsing import a_case

A_WHILE = timedelta(minutes=2)


def work(tell: Tell) -> None:
    """A worker's turn."""
    tell(str(migrating.migrate_due()))


@pytest.mark.parametrize(("at", "time_of"), [("stored", 2), ("before_commit", 3), ("committed", 2)])
def test_a_killed_worker_loses_nothing_and_moves_nothing_twice(product: Product, at: str, time_of: int) -> None:
    references = sorted(a_case(product) for _ in range(3))
    before = {each: stands(product, each) for each in references}
    number = a_new_version(product, NEW_WORDS)
    migration = asked(product, number)

    assert do_and_die(product, work, Death(at, time_of)).killed
    left = job(product, migration)[1]
    assert [left[each].status for each in references] == ["moved", "waiting", "waiting"]
    assert all(stands(product, each) == before[each] for each in references[1:])
    assert worked(product) == 0, "the dead worker may still be at it"
    with clock.at(clock.now() + A_WHILE):
        assert worked(product) == 2

    row, cases = job(product, migration)
    assert (row.status, {one.status for one in cases.values()}) == ("done", {"moved"})
    assert {told_of(product, each, "case:run:migrated") for each in references} == {1}
    assert not rebuild.compare(product.session)
    with clock.at(clock.now() + A_WHILE):
        product.do(UndoMigration, MANAGER, migration_id=migration)
        assert worked(product) == 3
    assert {each: stands(product, each) for each in references} == before
