"""What is known of values, names, paths, filters, lists, contexts and calls."""

from __future__ import annotations

from rj_engine.feel.checking.guess import ANYTHING, WRONG, Guess, common, may_be, of_value
from rj_engine.feel.checking.walk import Names, Walk, guesses
from rj_engine.feel.library import LIBRARY
from rj_engine.feel.library.registry import BuiltIn, Form
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.members import MEMBERS_BY_TYPE
from rj_engine.feel.values.types import ANY, FUNCTION, NUMBER, Type, list_of

_ASKS_THE_CLOCK = frozenset({"now", "today"})


@guesses(tree.Literal)
def _literal(node: tree.Literal, _names: Names, walk: Walk) -> Guess:
    if node.fault:
        walk.note(node, "bad_literal", node.fault)
        return WRONG
    return of_value(node.value)


@guesses(tree.Name)
def _name(node: tree.Name, names: Names, walk: Walk) -> Guess:
    kind = names.find(node.name)
    if kind is not None:
        return Guess(kind)
    if names.may_hold_more():
        return ANYTHING
    if node.name in LIBRARY:
        return Guess(FUNCTION)
    walk.unknown_name(node, names)
    return WRONG


@guesses(tree.Path)
def _path(node: tree.Path, names: Names, walk: Walk) -> Guess:
    subject = walk.guess(node.subject, names)
    kind = subject.kind
    if kind.name == "list" and kind.item is not None:
        return Guess(list_of(_member(node, kind.item, walk).kind))
    if subject.constant:
        return walk.folded(node, [node.subject], [subject], ANY)
    found = _member(node, kind, walk)
    return found._replace(faulty=found.faulty or subject.faulty)


def _member(node: tree.Path, kind: Type, walk: Walk) -> Guess:
    if kind.name == "Any" or (kind.name == "context" and kind.members is None):
        return ANYTHING
    if kind.name == "context":
        members = dict(kind.members or ())
        if node.member in members:
            return Guess(members[node.member])
        walk.unknown(node, f"The context has no entry {node.member}.", node.member, iter(members))
        return WRONG
    known = MEMBERS_BY_TYPE.get(kind.name, frozenset())
    if node.member in known:
        return ANYTHING
    walk.unknown(node, f"A {kind} has no {node.member}.", node.member, iter(sorted(known)))
    return WRONG


@guesses(tree.Filter)
def _filter(node: tree.Filter, names: Names, walk: Walk) -> Guess:
    subject = walk.guess(node.subject, names)
    is_list = subject.kind.name == "list"
    item = (subject.kind.item or ANY) if is_list else subject.kind
    unsure = not Guess(item).is_known or (item.name == "context" and item.members is None)
    own: dict[str, Type] = {"item": item, **(dict(item.members or ()) if item.name == "context" else {})}
    condition = walk.guess(node.condition, Names(own, names, is_open=unsure))
    if condition.is_known and condition.kind.name not in {"boolean", "number"}:
        walk.wrong(node.condition, f"A filter is a condition or a position, not a {condition.kind}.", [condition])
        condition = condition._replace(faulty=True)
    kind = item if condition.kind == NUMBER else list_of(item) if condition.is_known else ANY
    return walk.folded(node, [node.subject, node.condition], [subject, condition], kind)


@guesses(tree.ListOf)
def _list_of(node: tree.ListOf, names: Names, walk: Walk) -> Guess:
    items = walk.guesses(node.items, names)
    kind = list_of(common(items) if items else ANY)
    return walk.folded(node, node.items, items, kind)._replace(kind=kind)


@guesses(tree.ContextOf)
def _context_of(node: tree.ContextOf, names: Names, walk: Walk) -> Guess:
    own: dict[str, Type] = {}
    inner = Names(own, names)
    values: list[Guess] = []
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(value, tree.Definition):
            own[key] = FUNCTION
        values.append(walk.guess(value, inner))
        own[key] = values[-1].kind
    walk.settle(node.values, values)
    members = tuple((key, guess.kind if guess.is_known else ANY) for key, guess in zip(node.keys, values, strict=True))
    return Guess(Type("context", None, members), faulty=any(guess.faulty for guess in values))


@guesses(tree.Definition)
def _definition(node: tree.Definition, names: Names, walk: Walk) -> Guess:
    if node.external:
        walk.note(node, "external", "Functions outside FEEL are never called.")
        return WRONG
    for name, kind in node.parameters:
        if kind.name.startswith("?"):
            walk.note(node, "unknown_type", f"The parameter {name} has a type that is not there: {kind.name[1:]}.")
    body = walk.guess(node.body, Names(dict(node.parameters), names))
    walk.settle([node.body], [body])
    return Guess(Type("function", body.kind, tuple(node.parameters)), faulty=body.faulty)


@guesses(tree.Call)
def _call(node: tree.Call, names: Names, walk: Walk) -> Guess:
    arguments = walk.guesses(node.arguments, names)
    name = node.function.name if isinstance(node.function, tree.Name) else ""
    built_in = LIBRARY.get(name) if names.find(name) is None else None
    if built_in is None:
        return _call_of_value(node, walk.guess(node.function, names), arguments, walk)
    problem = _problem(built_in, node.names, arguments)
    if problem:
        walk.wrong(node, problem, arguments)
        return WRONG
    if name in _ASKS_THE_CLOCK:
        return Guess(built_in.result)
    return walk.folded(node, node.arguments, arguments, built_in.result)


def _call_of_value(node: tree.Call, function: Guess, arguments: list[Guess], walk: Walk) -> Guess:
    kind = function.kind
    walk.settle(node.arguments, arguments)
    if function.is_known and kind.name != "function":
        walk.wrong(node, f"A {kind} cannot be called.", [function])
        return WRONG
    if kind.members is not None and len(kind.members) != len(arguments):
        walk.wrong(node, f"This function takes {len(kind.members)} arguments; here are {len(arguments)}.", arguments)
        return WRONG
    return Guess(kind.item or ANY, faulty=function.faulty or any(guess.faulty for guess in arguments))


def _problem(built_in: BuiltIn, names: list[str] | None, arguments: list[Guess]) -> str:
    """Say why no form of a function can take these arguments, nothing when one can."""
    if names is not None:
        given = dict(zip(names, arguments, strict=True))
        forms = [form for form in built_in.forms if _has_names(form, set(given))]
        if not forms:
            return f"{built_in.name} has no parameters {', '.join(names)}."
        return _least([_misfit(form, [given.get(slot.name, ANYTHING) for slot in form.slots]) for form in forms])
    forms = [form for form in built_in.forms if form.required <= len(arguments) <= form.most]
    if not forms:
        return f"{built_in.name} cannot take {len(arguments)} arguments."
    return _least([_misfit(form, arguments) for form in forms])


def _has_names(form: Form, names: set[str]) -> bool:
    return {slot.name for slot in form.slots if not slot.optional} <= names <= {slot.name for slot in form.slots}


def _least(problems: list[str]) -> str:
    return "" if "" in problems else problems[0]


def _misfit(form: Form, arguments: list[Guess]) -> str:
    for slot, guess in zip(form.slots, arguments, strict=False):
        if guess.is_null and not slot.nullable and not slot.optional:
            return f"{slot.name} is null."
        if not slot.rest and not may_be(guess, slot.kind):
            return f"{slot.name} must be a {slot.kind}, not a {guess.kind}."
    return ""
