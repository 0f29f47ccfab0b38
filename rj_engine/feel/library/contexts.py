"""Functions on contexts: entries read, added and merged. A context is never changed, only made anew."""

from __future__ import annotations

from rj_engine.feel.library.registry import Rest, built_in
from rj_engine.feel.limits import Run, fits_list
from rj_engine.feel.refusal import Fault

Entries = dict[str, object]


@built_in("get value(m: context, key: string)")
def get_value(m: Entries, key: str) -> object:
    """Return the value of an entry."""
    if key not in m:
        raise Fault(f"The context has no entry {key}.", "no_such_entry")
    return m[key]


@built_in("get entries(m: context) -> list")
def get_entries(m: Entries) -> Rest:
    """Return a context as a list of contexts with `key` and `value`."""
    return [{"key": key, "value": value} for key, value in m.items()]


@built_in("context(entries: list) -> context")
def context(entries: Rest) -> Entries:
    """Return the context that a list of contexts with `key` and `value` describes."""
    result: Entries = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("key"), str):
            raise Fault("Each of entries must have a key, which is a string, and a value.", "wrong_type")
        if entry["key"] in result:
            raise Fault(f"The entry {entry['key']} is given twice.", "entry_twice")
        result[entry["key"]] = entry["value"]
    return result


@built_in("context put(context: context, key: string, value: any?) -> context")
def put(entries: Entries, key: str, value: object) -> Entries:
    """Return a context with one entry added or replaced."""
    fits_list(len(entries) + 1)
    return {**entries, key: value}


@built_in("context put(context: context, keys: list<string>, value: any?) -> context")
def put_inside(entries: Entries, keys: list[str], value: object) -> Entries:
    """Return a context with one entry added or replaced in a context inside it."""
    if not keys or None in keys:
        raise Fault("keys must name an entry.", "wrong_type")
    inner: list[Entries] = [entries]
    for key in keys[:-1]:
        found = inner[-1].get(key)
        if not isinstance(found, dict):
            raise Fault(f"The entry {key} is not a context.", "wrong_type")
        inner.append(found)
    result = put(inner[-1], keys[-1], value)
    for each, key in zip(reversed(inner[:-1]), reversed(keys[:-1]), strict=True):
        result = put(each, key, result)
    return result


@built_in("context merge(contexts: list) -> context")
def merge(run: Run, contexts: Rest) -> Entries:
    """Return the entries of several contexts as one; of two with one name the later stays."""
    result: Entries = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise Fault("contexts must hold only contexts.", "wrong_type")
        run.spend(len(each))
        result.update(each)
    return result
