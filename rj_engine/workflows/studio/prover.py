"""Proves one bundle in a process of its own: reads it from standard input, tells how far it is, line by line.

It knows no database and no key. `python -m rj_engine.workflows.studio.prover`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from rj_engine.errors import RjError
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.proof.explore import Explorer
from rj_engine.workflows.proof.invariants import BROKEN, ELSEWHERE, HOLDS, Walks, listed
from rj_engine.workflows.proof.pathways import in_order, onward
from rj_engine.workflows.proof.prove import Verdict, verdict, walk
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Bundle, Published

LONGEST: Final = 60.0
"""Seconds of processor time for one pathway."""
ALL_TOGETHER: Final = 240
"""Seconds of processor time with the pathways before it; the system ends the process then."""
EVERY: Final = 0.5
"""Seconds of processor time between two lines."""
Tell = Callable[[Mapping[str, Any]], None]


class TooLong(RjError):
    """The proof takes more than 60 seconds."""

    code = "too_long"


class Watched:
    """Tells how far a walk is, and ends it when its time is over."""

    def __init__(self, tell: Tell, longest: float = LONGEST) -> None:
        """`longest` in seconds of processor time, from now."""
        self.tell = tell
        self.ends = time.process_time() + longest
        self.told = 0.0
        self.explorer: Explorer | None = None

    def look(self, **more: Any) -> None:
        """Say how far it is, now and then."""
        now = time.process_time()
        if now > self.ends:
            raise TooLong
        if now - self.told > EVERY:
            self.told = now
            states = len(self.explorer.graph.states) if self.explorer else 0
            self.tell({"states": states, **more})

    def explorers(self) -> type[Explorer]:
        """The explorer of a walk that is watched."""
        watch = self

        class Seen(Explorer):
            def __init__(self, *parts: Any) -> None:
                super().__init__(*parts)
                watch.explorer = self

            def _from(self, number: int, stored: bytes) -> None:
                watch.look()
                super()._from(number, stored)

        return Seen

    def crowded(self) -> str:
        """The part in which most of the states are."""
        graph = self.explorer.graph if self.explorer else None
        states = graph.states if graph else []
        count = Counter(task.element.partition("/")[0] for state in states for task in state.tasks)
        return count.most_common(1)[0][0] if count else ""


def prove(bundle: Bundle, before: Sequence[Bundle], tell: Tell, longest: float = LONGEST) -> dict[str, Any]:
    """`status` holds, broken or unproved, with everything there is to say about it."""
    published = _unpacked(bundle)
    walks = _before(published, [_unpacked(one) for one in before], tell)
    watch, begun = Watched(tell, longest), time.process_time()
    try:
        walked = walk(published, walks, watch.explorers())
        verdicts = [_judged(invariant, walked, watch) for invariant in listed()]
    except PathwayRefused as refused:
        return _unproved(refused.sentence, "")
    except RjError as error:
        return _unproved(error.sentence, watch.crowded())
    broken = [one for one in verdicts if one.status == BROKEN]
    return {
        "status": "broken" if broken else "holds",
        "states": len(walked.graph.states),
        "edges": walked.graph.moves,
        "situations": walked.situations,
        "seconds": round(time.process_time() - begun, 1),
        "holds": [{"id": one.invariant.id, "words": one.invariant.words} for one in verdicts if one.status == HOLDS],
        "elsewhere": [one.invariant.id for one in verdicts if one.status == ELSEWHERE],
        "broken": list(_stories(broken)),
    }


def _judged(invariant: Any, walked: Walks, watch: Watched) -> Verdict:
    watch.look(invariant=invariant.id)
    return verdict(invariant, walked)


def _stories(broken: Sequence[Verdict]) -> Iterator[dict[str, Any]]:
    for one in broken:
        story = one.story
        yield {
            "id": one.invariant.id,
            "words": one.invariant.words,
            "steps": list(story.steps) if story else [],
            "what": story.what if story else "",
            "elements": list(story.elements) if story else [],
        }


def _unproved(sentence: str, crowded: str) -> dict[str, Any]:
    return {"status": "unproved", "why": sentence, "split": crowded}


def _unpacked(bundle: Bundle) -> Published:
    return versions.unpack(UUID(int=0), 0, bundle)


def _before(published: Published, others: Sequence[Published], tell: Tell) -> list[Walks]:
    """The walks of those whose ends start it, each as those before it hand on."""
    done: dict[str, Walks] = {}
    for one in in_order([*others, published]):
        if one.pathway != published.pathway:
            starters = [walks for walks in done.values() if one.pathway in onward(walks.graph.published)]
            tell({"states": 0, "before": one.pathway})
            done[one.pathway] = walk(one, starters, Watched(tell).explorers())
    return [walks for walks in done.values() if published.pathway in onward(walks.graph.published)]


def _say(told: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Prove what standard input holds."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (ALL_TOGETHER, ALL_TOGETHER))
    asked = json.load(sys.stdin)
    _say(prove(Bundle(**asked["bundle"]), [Bundle(**one) for one in asked["before"]], _say))


if __name__ == "__main__":
    main()
