"""The register is dated, imported whole or not at all; contacts are sealed; no place reaches a victim unreleased."""

from __future__ import annotations

import uuid
from importlib.resources import files
from uuid import UUID

import pytest
from click.testing import CliRunner

from rj_engine import bpmn, cli, clock, ledger
from rj_engine.cases.case import Case, Party, Strand
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.letters import wall
from rj_engine.letters.making import Making
from rj_engine.people.joining import operator
from rj_engine.prisons import custody, places, registering
from rj_engine.prisons.registering import ContactRefused, FileRefused, ImportPlaces, RecordContact, RecordPlace
from rj_engine.prisons.releases import NobodyHeld, ReasonNeeded, ReleasePlace
from tests.browsing import signed_in
from tests.builders import a_case, kept
from tests.places import Product
from tests.prisons.asked import a_person, a_stay

SHIPPED = (files(bpmn) / "establishments.csv").read_bytes()


def test_a_row_counts_from_its_day_and_only_for_its_service(product: Product) -> None:
    told = {"name": "HMP Zqnewname", "status": "open"}
    today = clock.today()
    product.do(RecordPlace, "lead", code="MSI", told=told, confirmed=True, valid_from=today)

    lead, other = product.actor("lead"), product.actor("lead.sample")
    assert places.register(product.session, lead.service_id, today)["MSI"].name == "HMP Zqnewname"
    assert places.register(product.session, other.service_id, today)["MSI"].name == "HMP Maidstone"
    assert places.every_name(product.session, lead.service_id, "MSI") == {"HMP Zqnewname", "HMP Maidstone"}


def test_a_contact_is_sealed_checked_and_ended_never_overwritten(product: Product) -> None:
    reached = {"name": "Duty desk", "email": "omu@example.org", "phone": ""}
    one = {"code": "MSI", "office": "OFFENDER_MANAGEMENT_UNIT", "reached": reached}
    product.do(RecordContact, "lead", **one, bounced_on=clock.today())
    lead = product.actor("lead")
    [contact] = places.contacts(product.session, lead.service_id, "MSI")
    assert contact.bounces
    assert b"omu@example.org" not in contact.reached_sealed

    former = contact.id
    product.do(RecordContact, "lead", **one, contact_id=former, checked_on=clock.today())
    [again] = places.contacts(product.session, lead.service_id, "MSI")
    assert again.id != former
    assert not again.bounces
    for wrong in ({"reached": {}}, {"office": "PORTER"}, {"reached": {"email": "no address"}}):
        with pytest.raises(ContactRefused):
            product.do(RecordContact, "lead", **{**one, **wrong})


def test_a_file_with_one_bad_row_is_refused_by_line_and_nothing_is_taken() -> None:
    lines = SHIPPED.decode().splitlines()
    bad = [*lines[:5], lines[5].replace(",yes", ",perhaps").replace(",no", ",perhaps"), lines[1]]

    with pytest.raises(FileRefused) as refusal:
        registering.read_file("\n".join(bad).encode())

    assert [(finding.line, finding.code) for finding in refusal.value.findings] == [(6, "row"), (7, "twice")]
    for content in (b"\xff\xfe", b"name\nHMP Nowhere\n", lines[0].encode()):
        with pytest.raises(FileRefused):
            registering.read_file(content)


def test_the_shipped_file_imports_and_a_second_time_changes_nothing(sqlite_product: Product) -> None:
    rows = registering.read_file(SHIPPED)
    row = {**rows[0], "name": "HMP Zqchanged"}

    def imported() -> int:
        command = ImportPlaces(command_id=uuid.uuid4(), by=operator(), rows=[row, *rows[1:]], service_code="EC")
        return int(dispatch(command)["changed"])

    first, second = imported(), imported()
    assert second == 0
    assert first >= 1


def test_the_command_tells_each_bad_row(tmp_path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("name\nHMP Nowhere\n", encoding="utf-8")
    told = CliRunner().invoke(cli.main, ["import-establishments", str(path), "--service", "KM"])
    assert told.exit_code != 0
    assert "line 1: The first line lacks:" in told.output


def unsaid(product: Product, case_id: UUID, victim_id: UUID) -> set[str]:
    """The places that a letter to the victim must not name."""
    session = product.session
    case, party = session.get_one(Case, case_id), session.get_one(Party, victim_id)
    making = Making(
        session=session, case=case, strand=Strand(case_id), by=product.actor("lead"), now=clock.now(), party=party
    )
    return wall.of(making, "victim").places


def test_no_place_reaches_a_victim_until_a_lead_releases_it_for_this_stay(product: Product) -> None:
    case = a_case(product, "lead")
    victim = a_person(case, "victim", "V")
    case_id, reference, victim_id = case.id, case.reference, victim.id
    kept(victim)
    with pytest.raises(NobodyHeld):
        product.do(ReleasePlace, "lead", reference=reference, to=victim_id, words="Agreed.")
    a_stay(product.session.get_one(Case, case_id))
    with pytest.raises(ReasonNeeded):
        product.do(ReleasePlace, "lead", reference=reference, to=victim_id, words=" ")
    assert unsaid(product, case_id, victim_id) == {"hmpmaidstone"}

    product.do(ReleasePlace, "lead", reference=reference, to=victim_id, words="The prison agrees.")

    assert unsaid(product, case_id, victim_id) == set()
    told = [entry for entry in ledger.read(product.session, case_id) if entry.tag == "case:place:released"]
    assert len(told) == 1
    assert "Maidstone" not in str(told[0].detail)
    custody.leave(db.session(), case_id, clock.now())
    db.session.commit()
    assert unsaid(product, case_id, victim_id) == {"hmpmaidstone"}, "with the stay the release ends"


def test_the_list_begins_with_the_places_near_us_and_finds_or_shows_every_other(sqlite_product: Product) -> None:
    client = signed_in(sqlite_product, "lead")

    near, found, every, none = (
        client.get(f"/prisons/places{asked}").text for asked in ("", "?query=durham", "?all=yes", "?query=Zqnowhere")
    )

    assert "HMP Maidstone" in near
    assert "Durham" not in near
    assert "Men, and young adults from 18; B" in near
    assert "Durham" in found
    assert "Durham" in every
    assert "No place is called so" in none
    assert "Show all" not in every
