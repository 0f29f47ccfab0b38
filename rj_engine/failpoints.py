"""Named moments of a command at which a test may stop, pause or kill it; in service they do nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

NAMES: Final = (
    "begun",
    "permitted",
    "gated",
    "claimed",
    "loaded",
    "stepped",
    "stored",
    "projected",
    "ledgered",
    "before_commit",
    "committed",
)
_hooks: dict[str, Callable[[], None]] = {}


def reach(name: str) -> None:
    """Pass the named moment."""
    if _hooks and (hook := _hooks.get(name)):
        hook()


def set_hook(name: str, hook: Callable[[], None] | None) -> None:
    """Have `hook` called at the named moment, or nothing when it is None; for tests alone."""
    if name not in NAMES:
        raise ValueError(name)
    if hook is None:
        _hooks.pop(name, None)
    else:
        _hooks[name] = hook
