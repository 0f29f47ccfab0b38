"""Every shipped pathway keeps every invariant on every path; and the proof means what it says."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from rj_engine import bpmn
from rj_engine.cli import main
from rj_engine.workflows.engine import codec
from rj_engine.workflows.proof import lenses, needs, pathways, prove
from rj_engine.workflows.proof.explore import Explorer, Graph
from rj_engine.workflows.proof.facts import Assessed, Facts, after, watch
from rj_engine.workflows.proof.invariants import BROKEN, HOLDS, kinds, listed
from rj_engine.workflows.proof.lenses import Lens
from rj_engine.workflows.proof.outcomes import answers_of, told_answers
from rj_engine.workflows.proof.prove import Proof
from rj_engine.workflows.published.versions import Published

LENSES = [
    lenses.NOTHING, lenses.WITHDRAWN, lenses.AFTERCARE, lenses.ALARM, lenses.HELD, lenses.SIGNED, lenses.SIGNER,
    lenses.LEVEL, lenses.FLOOR, lenses.CHANGED, lenses.DAY, lenses.RENEWED, lenses.consents("victim", "contact_harmer"),
    lenses.consents("both", "participate"), lenses.again("both", "participate"),
    lenses.answers("asked_@party"), lenses.answers("harmer_route", "prison_access"),
]  # fmt: skip
MOST_STATES = 5_000


@cache
def proofs() -> dict[str, Proof]:
    return {proof.pathway: proof for proof in pathways.prove_all(pathways.shipped())}


@cache
def shipped() -> dict[str, Published]:
    return {one.pathway: one for one in pathways.shipped()}


def with_changed(process: str, *changes: tuple[str, str]) -> dict[str, bytes]:
    """One shipped diagram as a file, changed."""
    text = bpmn.pathways()[process].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return {f"{process}.bpmn": text.encode()}


@pytest.mark.parametrize("pathway", ["intake", "renewal", "victim_initiated_rj"])
def test_no_path_of_a_shipped_pathway_breaks_an_invariant(pathway: str) -> None:
    proof = proofs()[pathway]

    assert [(verdict.invariant.id, str(verdict.story)) for verdict in proof.broken] == []
    assert any(verdict.status == HOLDS for verdict in proof.verdicts)


def test_every_pathway_that_starts_by_itself_is_proved() -> None:
    called = {part for one in shipped().values() for part in one.definition.called}

    assert proofs().keys() == bpmn.pathways().keys() - called


def test_no_pathway_has_so_many_states_that_nobody_would_wait_for_its_proof() -> None:
    """How long it takes is measured by `make bench ONLY=proof`."""
    assert {pathway: proof.states for pathway, proof in proofs().items() if proof.states > MOST_STATES} == {}


def test_the_list_holds_every_invariant_of_the_domain_and_names_only_what_the_proof_knows() -> None:
    ids = [invariant.id for invariant in listed()]
    assert {f"I-{number:02}" for number in range(1, 29)} <= set(ids)
    assert len(ids) == len(set(ids))
    assert {invariant.kind for invariant in listed()} <= kinds()
    named = {need.split()[0] for invariant in listed() for need in invariant.told.get("needs", ())}
    assert named == needs.words_known()


def test_every_invariant_that_a_shipped_pathway_carries_has_been_tried_on_one() -> None:
    tried = {v.invariant.id for proof in proofs().values() for v in proof.verdicts if v.status == HOLDS}

    assert {"I-01", "I-02", "I-03", "I-06", "I-07", "I-08", "I-09", "I-10", "I-11", "I-12", "I-14", "I-17", "I-18",
            "I-19", "I-20", "I-21", "I-22", "I-24", "I-26"} <= tried  # fmt: skip


def test_an_assessment_that_is_returned_and_used_all_the_same_is_found_with_the_shortest_way_to_it() -> None:
    signed = '(sign_off_decision = "agree" and gate_level &lt;= 3)'
    files = with_changed("victim_initiated_rj", (signed, f'({signed} or sign_off_decision = "return")'))
    files |= with_changed("risk_assessment", (
        '>sign_off_decision = "agree" or (sign_off_decision = "tighten"',
        '>sign_off_decision = "agree" or sign_off_decision = "return" or (sign_off_decision = "tighten"',
    ))  # fmt: skip

    findings, unproved = pathways.check(files)

    told = [finding for finding in findings if finding.message.startswith("I-02")]
    assert unproved == []
    assert "Start → “Contact the victim”" in told[0].message
    assert (
        "“Check and sign” (What do you decide? I send it back) → “Ask the worker who knows the harmer”"
        in told[0].message
    )
    assert told[0].message.endswith("“Approach the harmer” while the assessment is unsigned")
    assert told[0].element == "harmer_engagement/ask_worker"


def test_a_no_that_is_read_as_consent_is_found() -> None:
    asked = '"professional_enquiry") and list contains(consent_scopes, "contact_harmer")</'
    yes = f'>consent_given = "yes" and may_contact_harmer = "yes" and list contains(consent_scopes, {asked}'
    no = '>consent_given = "no" or (consent_given = "yes" and may_contact_harmer = "no")</'
    anything = '>consent_given != "not_yet"</'
    files = with_changed("victim_initiated_rj", (yes, anything))
    files |= with_changed("consent", (yes, anything), (no, '>consent_given = "never"</'))

    broken = {finding.message[:4] for finding in pathways.check(files)[0]}

    assert {"I-01", "P-01"} <= broken


def test_the_risk_table_never_answers_what_the_walk_has_not_tried() -> None:
    model = shipped()["victim_initiated_rj"].models["rj_gate_result"]
    told = {(one["level"], one["floor"]) for one in told_answers()["rj_gate_result"]}  # type: ignore[index] # contexts
    seen: set[tuple[int, int]] = set()
    asked = shipped()["victim_initiated_rj"].forms["risk_assessment"].fields
    chance = random.Random(4)
    calm = {key: field.options[0].value for key, field in asked.items() if field.options and field.type != "checklist"}
    for _ in range(400):
        facts = {**calm, "harm_flags": chance.sample(["DA", "VIOLENCE"], chance.randint(0, 2)),
                 "stage": chance.choice(["initial", "combined", "pre_event"])}  # fmt: skip
        for key in chance.sample(sorted(calm), chance.choice([0, 1, 1, 2, 3])):
            facts[key] = chance.choice(asked[key].options).value
        decided = model.decide("rj_gate_result", facts)
        if decided.value is not None:
            seen.add((int(decided.value["level"]), int(decided.value["floor"])))  # type: ignore[index] # a context

    assert seen <= told
    assert {level for level, _ in seen} == set(range(7))


def test_a_decision_nobody_can_enumerate_is_not_passed_over() -> None:
    with pytest.raises(Exception, match="put right"):
        answers_of("rj_gate_result", shipped()["victim_initiated_rj"].models, {})


def graph_of(pathway: str) -> Graph:
    return proofs()[pathway].walks.graph


@pytest.mark.parametrize("lens", LENSES, ids=lambda lens: lens.name)
def test_no_fact_hangs_on_one_that_its_lens_leaves_out(lens: Lens) -> None:
    """Seen before or after a move, a lens sees the same."""
    chance, watching, graph = random.Random(lens.name), watch(), graph_of("victim_initiated_rj")
    number, facts = graph.starts[0].to, Facts()
    for _ in range(6_000):
        edges = graph.edges[number]
        if not edges:
            number, facts = graph.starts[0].to, Facts(held=chance.choice(["", "hold_harmer_initiated"]))
            continue
        edge = chance.choice(
            edges if chance.random() < 0.5 else [one for one in edges if one.kind != "message"] or edges
        )
        whole = after(facts, edge, graph.states[number], watching)
        assert lens.see(after(lens.see(facts), edge, graph.states[number], watching)) == lens.see(whole), edge
        number, facts = edge.to, whole


class Exact(Explorer):
    """Keeps every variable apart, as the engine stores it."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type] # passed on as they come
        self.sameness.key = codec.likeness_of  # type: ignore[method-assign] # the finer of the two


def test_states_that_count_as_one_lead_to_the_same_places() -> None:
    """Walked with every variable kept apart, the small pathway has the same moves from each place, and no others."""
    published = shipped()["renewal"]
    coarse, fine = graph_of("renewal"), Exact(published, watch().noted, prove.SEEN).walk([{}])
    assert len(fine.states) > len(coarse.states)

    pairs, left = set(), [(fine.starts[0].to, coarse.starts[0].to)]
    while left:
        pair = left.pop()
        if pair in pairs:
            continue
        pairs.add(pair)
        assert [t.element for t in fine.states[pair[0]].tasks] == [t.element for t in coarse.states[pair[1]].tasks]
        assert fine.states[pair[0]].messages == coarse.states[pair[1]].messages
        moves = {edge.label: edge.to for edge in coarse.edges[pair[1]]}
        assert {edge.label for edge in fine.edges[pair[0]]} == moves.keys()
        left += [(edge.to, moves[edge.label]) for edge in fine.edges[pair[0]]]
    assert {fine for fine, _ in pairs} == set(range(len(fine.states)))


def test_a_renewal_that_nobody_would_hear_say_stop_leaves_a_case_stuck() -> None:
    """P-05: a message that is called otherwise at one end."""
    files = with_changed("victim_initiated_rj", ('name="risk_stops" />', 'name="something_else" />'))
    diagrams = {f"{key}.bpmn": one for key, one in bpmn.pathways().items()} | files
    drawn = pathways.mains(diagrams, {f"{key}.dmn": one for key, one in bpmn.decisions().items()})
    published = [one for one in drawn if one.pathway == "victim_initiated_rj"]
    walks = prove.walk(published[0])
    renewable = next(invariant for invariant in listed() if invariant.kind == "renewable")

    found = prove.verdict(renewable, walks)

    assert found.status == BROKEN
    assert "held back because consent or assessment has run out" in str(found.story)


def test_facts_follow_the_record_keepers_and_not_the_run() -> None:
    made = Assessed("initial", 4, 2, 4, "risk_assessment/assess_risk")
    graph, watching = graph_of("victim_initiated_rj"), watch()
    panels = [edge for edges in graph.edges for edge in edges if edge.element == "risk_assessment/panel_decides"]
    low = next(edge for edge in panels if edge.answers.get("sign_off_level") == "1")

    signed = after(Facts(assessed=made), low, None, watching).assessed

    assert signed is not None
    assert (signed.level, signed.lowest, signed.signed, signed.by_another) == (1, 2, True, True)


def test_the_command_tells_what_it_proved_and_fails_when_one_is_broken(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["prove", "renewal"])
    machine = CliRunner().invoke(main, ["prove", "renewal", "--json"])

    assert told.exit_code == 0, told.output
    assert re.search(r"renewal: \d+ states, \d+ moves, \d+ situations; \d+ invariants hold, 0 broken", told.output)
    assert json.loads(machine.output)[0]["pathway"] == "renewal"
    assert CliRunner().invoke(main, ["prove", "nothing_of_the_kind"]).exit_code == 2

    files = with_changed("renewal", ('sourceRef="assess_once_more" targetRef="assessed_again"',
                                     'sourceRef="assess_once_more" targetRef="no_longer_agreed"'),
                         ('name="tells" value="risk_stops"', 'name="told" value="nobody"'))  # fmt: skip
    path = tmp_path / "renewal.bpmn"
    path.write_bytes(files["renewal.bpmn"])
    checked = CliRunner().invoke(main, ["check-pathway", str(path)])
    assert checked.exit_code == 1, checked.output
