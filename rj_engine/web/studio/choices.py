"""What the editor of a diagram offers for the properties of this house, and the ids it may not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rj_engine import bpmn
from rj_engine.risk.requirements import HARMLESS, REACH_SOMEBODY, REQUIREMENTS
from rj_engine.web.page.words import phrase
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.studio import checks

Choice = Mapping[str, str]


def offered(bundle: Bundle) -> dict[str, list[Choice]]:
    """Property to its choices."""
    training = bpmn.training()
    return {
        "form": _plain(bundle.forms.keys() | bpmn.forms().keys()),
        "due": [_choice(key, str(one["label"])) for key, one in sorted(bundle.clocks.items())],
        "effect": _plain(REQUIREMENTS.keys() | REACH_SOMEBODY | HARMLESS),
        "party": [_choice(key, str(one["label"])) for key, one in bpmn.parties().items()],
        "stage": [_choice(key, words) for key, words in bpmn.stages().items()],
        "min_level": [_choice(level, words.capitalize()) for level, words in training["levels"].items()],
        "letter": _plain(bundle.letters.keys() | bpmn.letters().keys()),
    }


def fixed(basis: Bundle, process: str) -> list[str]:
    """Ids of elements that are published: running cases know them by these."""
    return [key for diagram in checks.read(basis.diagrams) if diagram.process == process for key in diagram.nodes]


def _plain(keys: Iterable[str]) -> list[Choice]:
    return [_choice(key, phrase(key.removesuffix(".md"))) for key in sorted(keys)]


def _choice(value: str, label: str) -> Choice:
    return {"value": value, "label": label}
