"""Moves a run: start it, complete a task, let timers fire or a message arrive, or only look.

Every call takes the stored state and gives the next one back; nothing is kept in between. A call that raises has
changed nothing, so its caller saves nothing, opens an incident, and may replay the same command later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from rj_engine.errors import RjError
from rj_engine.feel import ExpressionRefused
from rj_engine.workflows.engine.codec import decode, encode
from rj_engine.workflows.engine.definition import Definition, Element
from rj_engine.workflows.engine.events import Awaited, awaited
from rj_engine.workflows.engine.guards import EngineBroken, NothingWaits, Stuck, TaskNotOpen, flat_values
from rj_engine.workflows.engine.parsing import load
from rj_engine.workflows.engine.step import Decided, Decision, Listening, OpenTask, Send, Step, Surroundings, Wait
from rj_engine.workflows.engine.tokens import Journey, Run, Token

__all__ = [
    "Decided", "Decision", "EngineBroken", "Listening", "NothingWaits", "OpenTask", "Send", "Step", "Surroundings",
    "TaskNotOpen", "Wait", "catch", "complete", "look", "moved", "ring", "start", "wake",
]  # fmt: skip


def start(definition: Definition, variables: Mapping[str, object], surroundings: Surroundings) -> Step:
    """Begin a run and take it as far as it goes by itself."""
    given = flat_values(variables)

    def begin(run: Run) -> None:
        run.scope.update(given)
        run.plant().run()

    return _step(definition, None, surroundings, begin)


def complete(
    definition: Definition, state: bytes, key: str, values: Mapping[str, object], surroundings: Surroundings
) -> Step:
    """Finish an open task with the values that steer what follows.

    Raises `TaskNotOpen` when no task with this key is open, `ValuesRefused` when a value cannot steer a pathway.
    """
    given = flat_values(values)

    def finish(run: Run) -> None:
        for token in run.tokens(TaskState.READY):
            if token.task_spec.manual and token.id.hex == key:
                run.journey.current = token.element
                token.scope.update(given)
                token.run()
                return
        raise TaskNotOpen(task=key)

    return _step(definition, state, surroundings, finish)


def wake(definition: Definition, state: bytes, surroundings: Surroundings) -> Step:
    """Let every timer happen whose instant has come, the earliest first.

    A timer that starts during this call waits for the next one, even if its instant has passed: a chain of past
    dates cannot run away.
    """

    def fire(run: Run) -> None:
        due = [one for one in awaited(run) if one.due and datetime.fromisoformat(one.due) <= surroundings.now]
        _let_happen(run, sorted(due, key=lambda one: datetime.fromisoformat(one.due or "")))

    return _step(definition, state, surroundings, fire)


def ring(definition: Definition, state: bytes, key: str, surroundings: Surroundings) -> Step:
    """End one wait now, and no other: a timer before its instant, a message of the flow that has not come.

    Raises `NothingWaits` when the run no longer waits for it.
    """

    def fire(run: Run) -> None:
        waiting = [one for one in awaited(run) if one.is_wait and one.key == key]
        if not waiting:
            raise NothingWaits(timer=key)
        _let_happen(run, waiting)

    return _step(definition, state, surroundings, fire)


def catch(
    definition: Definition, state: bytes, message: str, values: Mapping[str, object], surroundings: Surroundings
) -> Step:
    """Let a message arrive, with the values it brings.

    Everything that waits for it hears it, the outermost first; what that interrupts hears it no more. Raises
    `NothingWaits` when nothing does.
    """
    given = flat_values(values)

    def deliver(run: Run) -> None:
        waiting = [one for one in awaited(run) if one.due is None and one.definition.name == message]
        if not waiting:
            raise NothingWaits(message=message)
        _let_happen(run, waiting, given)

    return _step(definition, state, surroundings, deliver)


def moved(definition: Definition, state: bytes, surroundings: Surroundings, move: Callable[[Run], None]) -> Step:
    """Let a room of the engine move a stored run by hand, and take it as far as it goes from there by itself."""
    return _step(definition, state, surroundings, move)


def look(definition: Definition, state: bytes) -> Step:
    """Where a run stands, without moving it."""
    journey = Journey()
    run = decode(state, load(definition).new_run(journey))
    return _facts(definition, run, state)


def _let_happen(run: Run, waiting: list[Awaited], values: Mapping[str, object] | None = None) -> None:
    for one in waiting:
        if one.still_waits():
            run.journey.current = one.token.element
            one.token.scope.update(values or {})
            one.happen()
            _advance(run)


def _step(definition: Definition, state: bytes | None, surroundings: Surroundings, move: Callable[[Run], None]) -> Step:
    journey = Journey(surroundings=surroundings)
    with _told_apart(journey):
        run = load(definition).new_run(journey)
        if state is not None:
            decode(state, run)
        move(run)
        _advance(run)
        _at_rest(run)
        return _facts(definition, run, encode(run))


@contextmanager
def _told_apart(journey: Journey) -> Iterator[None]:
    """Our own errors pass; anything else becomes one that says where the run stood."""
    try:
        yield
    except ExpressionRefused as refusal:
        raise EngineBroken("An expression of this pathway cannot be worked out.", element=journey.current) from refusal
    except RjError:
        raise
    except Exception as error:
        raise EngineBroken(element=journey.current, error=type(error).__name__) from error


def _advance(run: Run) -> None:
    """Run everything that needs nobody, the innermost part first, until only people, timers and messages are left."""
    while ready := [token for token in run.tokens(TaskState.READY) if not token.task_spec.manual]:
        for token in reversed(ready):
            if token.state == TaskState.READY:
                run.journey.current = token.element
                token.run()


def _at_rest(run: Run) -> None:
    """A run that has not ended must be waiting for somebody or something."""
    open_tokens = list(run.tokens(TaskState.ANY_MASK & ~(TaskState.COMPLETED | TaskState.CANCELLED)))
    if run.completed == bool(open_tokens):
        raise Stuck
    moves = any(token.state == TaskState.READY for token in open_tokens) or any(awaited(run))
    if open_tokens and not moves:
        raise Stuck(element=open_tokens[-1].element)


def _facts(definition: Definition, run: Run, state: bytes) -> Step:
    waiting = list(awaited(run))
    journey = run.journey
    return Step(
        state=state,
        open_tasks=tuple(_open_task(definition, token) for token in run.tokens(TaskState.READY)),
        waits=tuple(_wait(definition, one, one.due) for one in waiting if one.due),
        messages=frozenset(one.definition.name for one in waiting if one.due is None),
        listening=tuple(_listening(definition, one) for one in waiting if one.due is None and one.is_wait),
        decided=tuple(journey.decided),
        sends=tuple(journey.sends),
        passed=tuple(journey.passed),
        variables=run.scope.flat(),
        ended=run.completed,
        end_event=run.end_event,
    )


def _open_task(definition: Definition, token: Token) -> OpenTask:
    element = definition.elements[token.element]
    return OpenTask(
        key=token.id.hex,
        element=element.key,
        name=element.name,
        lane=element.lane,
        form=element.form,
        due=element.due,
        properties=element.properties,
        item=_item(token),
        variables=token.scope.flat(),
    )


def _item(token: Token | None) -> object:
    """What the nearest multi-instance around the token is about just now."""
    while token is not None:
        if "item" in token.internal_data:
            return token.internal_data["item"]
        token = getattr(token.workflow, "holder", None)
    return None


def _wait(definition: Definition, one: Awaited, due: str) -> Wait:
    element = _drawn(definition, one)
    return Wait(one.key, element.key, datetime.fromisoformat(due), element.name)


def _listening(definition: Definition, one: Awaited) -> Listening:
    element = _drawn(definition, one)
    return Listening(one.key, element.key, element.name, one.definition.name)


def _drawn(definition: Definition, one: Awaited) -> Element:
    return definition.elements[f"{one.token.workflow.spec.process}/{one.spec.bpmn_id}"]
