"""Whether a gate still answers its frozen cases at least as strictly as it did; where not, which row was loosened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from rj_engine import bpmn, dmn
from rj_engine.errors import Finding

DROPS = "witness_drops"


def findings(models: Mapping[str, dmn.Model]) -> list[Finding]:
    """A finding for each frozen case that a gate among these decisions (by id) answers more loosely than it did."""
    packs = (bpmn.witnesses(key) for key in bpmn.witnessed())
    return [one for pack in packs if pack["decision"] in models for one in _held(models[pack["decision"]], pack)]


def _held(model: dmn.Model, pack: Mapping[str, Any]) -> tuple[Finding, ...]:
    return _dropped(model, str(pack["decision"]).removesuffix("_result"))


@lru_cache(maxsize=32)
def _dropped(model: dmn.Model, gate: str) -> tuple[Finding, ...]:
    """The same for the same model, which never changes."""
    return tuple(_compared(model, bpmn.witnesses(gate)))


def _compared(model: dmn.Model, pack: Mapping[str, Any]) -> Iterator[Finding]:
    for witness in pack["witnesses"]:
        answer = model.decide(pack["decision"], {**pack["otherwise"], **witness["facts"]}).value
        told = answer if isinstance(answer, Mapping) else {}
        for name in ("level", "floor"):
            value = told.get(name)
            if value is None or int(value) < witness[name]:
                message = (
                    f"Row {witness['row']}: {witness['because']} For a case frozen with this row the {name} was "
                    f"{witness[name]} and would now be {'nothing' if value is None else value}. A safeguarding lead "
                    "looks at that case in words first; then the witnesses are frozen anew."
                )
                yield Finding(DROPS, message, element=witness["row"])
