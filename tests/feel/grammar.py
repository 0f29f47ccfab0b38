"""Writes FEEL: texts that follow the grammar, and texts that nearly do."""

from __future__ import annotations

from random import Random

from rj_engine.feel.library import LIBRARY

NAMES = ["level", "risk level", "a-b", "name", "xs", "people", "on", "nothing", "is_safe"]
WORDS = [*NAMES, "x", "y", "item", "partial", "?", "unknown name", "age", "f", "🐎", "naïve"]
LITERALS = [
    "0", "1", "-1", "2", "3.5", ".5", "1e3", "1e400", "1e6144", "9" * 40, "1000000", "true", "false", "null",
    '""', '"a"', '"aaaaaaaaaaaaaaaaaaaaaaaa"', '"\\u0041"', '"\\uD83D\\uDC0E"', '"line\nbreak"', '"Ünï"',
    '@"2026-05-01"', '@"10:00:00Z"', '@"2026-05-01T10:00:00@Europe/London"', '@"P3D"', '@"-P1Y2M"', '@"99999-01-01"',
    '@"x"', '"(a+)+$"', '"[a-z-[x]]"', '"(a)\\\\1*"', '"\\\\p{L}"', '"[["', '"x{900}"', '"[1..5]"', '"2026-05-01"',
]  # fmt: skip
SIGNS = ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]
TYPES = ["number", "string", "Any", "date and time", "days and time duration", "nonsense"]
JUNK = [*"()[]{}\"\\.,:<>=-@?/*'#\n\0 ", "and", "..", "//", "/*", "\U0001d54f", "function", "\ud800", "if", "for"]
FORMS = [
    "({0})", "-{0}", "[{0}]", "[{0}, {1}, {2}]", "{{k 1: {0}, k 2: {1}}}", "{{a: {0}}}.a", "[{0}..{1}]", "({0}..{1}]",
    "]{0}..{1}[", "< {0}", "!= {0}", "{0}[{1}]", "{0}[item {s} {1}]", "{0}.{n}", "if {0} then {1} else {2}",
    "{0} between {1} and {2}", "for x in {0} return {1}", "for x in {0}..{1}, y in [x, 1] return {2}",
    "some x in {0} satisfies {1}", "every x in {0}, y in x satisfies {1}", "{0} instance of {t}",
    "(function(x: {t}, y) {0})({1}, {2})", "(function(x) {0})({1})", "{{f: function(x) f({0}), r: f(1)}}.r",
    "{0} in ({1}, {2})", "{0} in ({1}..{2})", "{0} {s} {1}", "{0} {s} {1} {s} {2}", "{0} {s} {1}", "{0}({1})",
    "{b}()", "{b}({0})", "{b}({0}, {1})", "{b}({0}, {1}, {2})", "{b}(list: {0})", "{b}(n: {0}, scale: {1})",
    "/* {0} */ {1}", "{0} // {1}", "not({0})", "{0}, {1}",
]  # fmt: skip


def expression(random: Random, level: int) -> str:
    """Write an expression of at most so many levels."""
    if level <= 0 or random.random() < 0.15:
        return random.choice(WORDS if random.random() < 0.5 else LITERALS)
    form = random.choice(FORMS)
    parts = [expression(random, level - random.choice((1, 1, 2))) if f"{{{n}}}" in form else "" for n in range(3)]
    return form.format(
        *parts, s=random.choice(SIGNS), n=random.choice(WORDS), t=type_name(random, 2), b=random.choice(list(LIBRARY))
    )


def type_name(random: Random, level: int) -> str:
    """Write a type."""
    if level <= 0 or random.random() < 0.5:
        return random.choice(TYPES)
    inner = type_name(random, level - 1)
    forms = [f"list<{inner}>", f"range<{inner}>", f"context<a: {inner}, b c: number>", f"function<{inner}> -> {inner}"]
    return random.choice(forms)


def any_text(seed: int) -> str:
    """Write a text that is whole, or broken in one or more places."""
    random = Random(seed)
    text = expression(random, random.randint(1, 6))
    for _ in range(random.choice((0, 0, 0, 1, 1, 3))):
        place = random.randint(0, len(text))
        text = text[:place] + random.choice(JUNK) + text[place + random.randint(0, 3) :]
    return text
