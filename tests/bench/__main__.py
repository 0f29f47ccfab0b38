"""Run the benchmarks named on the command line, or all of them."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path

import tests.bench
from tests.bench.figures import Figure

REPORT = Path("build/bench.json")
NOT_BENCHMARKS = {"figures", "furniture", "lives", "rungs", "__main__"}


def names() -> list[str]:
    """Every benchmark: a module here with `figures()`."""
    return sorted(
        module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name not in NOT_BENCHMARKS
    )


def main(wanted: list[str]) -> int:
    """Print the table and write the report; how many targets were missed does not fail the run."""
    found: list[Figure] = []
    for name in wanted or names():
        print(f"-- {name}", flush=True)
        for figure in importlib.import_module(f"tests.bench.{name}").figures():
            found.append(figure)
            print(row(figure), flush=True)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([figure.as_json() for figure in found], indent=1) + "\n", encoding="utf-8")
    missed = [figure.name for figure in found if figure.met is False]
    print(f"{len(found)} figures, {len(missed)} targets missed{': ' if missed else ''}{', '.join(missed)}")
    return 0


def row(figure: Figure) -> str:
    """One line of the table."""
    mark = {True: "met", False: "MISSED", None: ""}[figure.met]
    sign = "<=" if figure.at_most else ">="
    target = f"{sign} {figure.target:g}" if figure.target is not None else ""
    return f"{figure.name:<58} {figure.database:<11} {figure.value:>10.2f} {figure.unit:<12} {target:<10} {mark}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
