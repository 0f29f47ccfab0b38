"""One compiler for each kind of node, registered by the modules beside this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rj_engine.feel.compiler.scope import Code, Compilation, Scope
from rj_engine.feel.syntax.tree import Node

Compiler = Callable[[Any, Scope, Compilation], Code]
_COMPILERS: dict[type[Node], Compiler] = {}
_Given = TypeVar("_Given", bound=Compiler)


def compiles(kind: type[Node]) -> Callable[[_Given], _Given]:
    """Register the compiler of one kind of node."""

    def register(compiler: _Given) -> _Given:
        _COMPILERS[kind] = compiler
        return compiler

    return register


def code_of(node: Node, scope: Scope, work: Compilation) -> Code:
    """Return the code of a node."""
    return _COMPILERS[type(node)](node, scope, work)
