"""Freezes the gates' witnesses: `python tests/dmn/witness_packs.py` writes them anew from the tables as they stand.

Do that after a table was tightened, or after a safeguarding lead has looked at every case that dropped.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from gate_cases import ALWAYS_READ_OTHERWISE, model
from gates import GATES, WITNESSES, Gate, cases_of

from rj_engine.dmn import analysis

DRAFT = "Draft, not signed off. "
RULE = (
    "An edited table may answer each case more strictly, never with a lower level or floor. Where one drops, "
    "the safeguarding lead looks at that case in words before the table is used."
)


def pack_of(gate: Gate) -> dict[str, Any]:
    """For each row and each answer it speaks of, the case that depends on the row."""
    found = [witness for row in gate.rows() for witness in _witnesses(gate, row)]
    return {
        "status": "Frozen from a draft that nobody has signed off.",
        "rule": RULE,
        "decision": f"{gate.key}_result",
        "otherwise": dict(gate.favourable),
        "witnesses": found,
    }


def _witnesses(gate: Gate, row: Any) -> list[dict[str, Any]]:
    cases = [case for changes in cases_of(gate, row.element) if (case := _case(gate, row.element, changes)) is not None]
    proved = _proved(gate, row.element)
    if not any(gate.decisive(row.element, case) for case in cases) and proved is not None:
        cases.insert(0, proved)
    because = (row.description or "").removeprefix(DRAFT)
    found = []
    for case in cases:
        level, floor = gate.answer(**case)
        found.append({"row": row.element, "because": because, "facts": case, "level": level, "floor": floor})
    return found


def _case(gate: Gate, row: str, changes: dict[str, Any]) -> dict[str, Any] | None:
    """The first case with these changes that the row decides alone; failing that, one in which it fires."""
    fires = None
    for also in gate.also:
        case = {**also, **changes}
        if gate.decisive(row, case):
            return case
        if fires is None and row in gate.fired(**case):
            fires = case
    return fires


@cache
def _all_proved(key: str) -> dict[str, dict[str, object] | None]:
    avoid = ALWAYS_READ_OTHERWISE if key == "rj_gate" else ()
    return analysis.witnesses(model(key), key, avoid, GATES[key].floor)


def _proved(gate: Gate, row: str) -> dict[str, Any] | None:
    example = _all_proved(gate.key)[row]
    if example is None:
        return None
    meant = {read: fact for fact, read in gate.read_as.items()}
    facts = {meant.get(name, name): value for name, value in example.items()}
    return {name: value for name, value in facts.items() if value != gate.favourable[name]}


def main() -> None:
    """Writes every pack."""
    WITNESSES.mkdir(exist_ok=True)
    for gate in GATES.values():
        pack = pack_of(gate)
        lines = ",\n".join("    " + json.dumps(witness, ensure_ascii=False) for witness in pack["witnesses"])
        head = json.dumps({**pack, "witnesses": []}, indent=2, ensure_ascii=False)
        text = head.replace('"witnesses": []', f'"witnesses": [\n{lines}\n  ]')
        (WITNESSES / f"{gate.key}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
