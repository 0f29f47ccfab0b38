"""A trial told as a journey: the same JSON in which the shipped pathways' journeys are told and played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from rj_engine import clock
from rj_engine.workflows.studio import trial_begins
from rj_engine.workflows.studio.trial_begins import START
from rj_engine.workflows.studio.trial_rows import TrialRun, TrialStep


def told(trial: TrialRun, steps: Sequence[TrialStep]) -> dict[str, Any]:
    """[task, who, after, answers, then] for every step; the case begins with a referral or with what was told."""
    known = [(step, step.told) for step in steps]
    began = next((one for _, one in known if one["did"].get("task") == START), None)
    begins = began["did"] if began else {"who": "coordinator", "answers": {}, "form": "referral"}
    return {
        "title": f"A trial of {trial.pathway}",
        "pathway": trial.pathway,
        "checksum": trial.checksum,
        "starts": trial.begun_at.astimezone(clock.LONDON).strftime("%Y-%m-%dT%H:%M"),
        **_begins(trial, begins),
        "steps": list(_steps(known)),
    }


def _begins(trial: TrialRun, did: dict[str, Any]) -> dict[str, Any]:
    """The referral, and what was told to begin the tried pathway where that is no referral."""
    if did["form"] == "referral":
        return {"referral": {"who": did["who"], "answers": did["answers"]}}
    referral = {"who": "coordinator", "answers": dict(trial.offered.get("referral", {}))}
    begins = {"event": trial_begins.event_of(trial.pathway), "form": did["form"]}
    return {"referral": referral, "begins": {**begins, "who": did["who"], "answers": did["answers"]}}


def _steps(known: Sequence[tuple[TrialStep, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    waited = timedelta()
    last: datetime | None = None
    for step, one in known:
        did, then = one["did"], [element.rpartition("/")[2] for element in one.get("open", [])]
        waited += step.at - last if last and "wound" in did else timedelta()
        last = step.at
        if "task" in did and did["task"] != START:
            yield {"task": did["task"], "who": did["who"], **_after(waited), "answers": did["answers"], "then": then}
            waited = timedelta()
        elif beside := _beside(did):
            yield {**beside, **_after(waited), "then": then}
            waited = timedelta()
    if waited:
        yield {**_after(waited), "then": [element.rpartition("/")[2] for element in known[-1][1].get("open", [])]}


def _beside(did: dict[str, Any]) -> dict[str, Any]:
    """What happened beside the pathway, as a journey tells it."""
    if "event" in did:
        return {"event": did["event"], "who": did["who"], "answers": did["answers"]}
    if "withdraw" in did:
        return {"withdraw": did["withdraw"], "who": did["who"], "words": did["said"]}
    return {}


def _after(waited: timedelta) -> dict[str, str]:
    hours = round(waited / timedelta(hours=1))
    return {"after": f"{hours} hours"} if hours else {}
