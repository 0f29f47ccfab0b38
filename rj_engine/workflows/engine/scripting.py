"""The only script engine a run is ever given: it runs nothing."""

from __future__ import annotations

from typing import NoReturn

from rj_engine.workflows.engine.guards import EngineBroken


class NoScripts:
    """Stands where SpiffWorkflow keeps its Python engine, which would evaluate whatever a diagram says.

    Conditions, calls and decisions are FEEL, compiled when the diagram is read; anything that still asks for a script
    stops the run.
    """

    @property
    def environment(self) -> NoScripts:
        """SpiffWorkflow reaches for the engine's environment; there is nothing behind it."""
        return self

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise EngineBroken("A pathway asked for a script to be run. Nothing was run.")

    evaluate = execute = call_service = validate = _refuse
