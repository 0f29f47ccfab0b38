"""The house keeps its own rules."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from rj_engine import bpmn, commands, migrations
from rj_engine.settings import Settings
from tests import whole_product

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "rj_engine"
LONGEST = 400
BANNED_NAMES = re.compile(r"(^|_)(util|utils|helper|helpers|misc|common|base|service|services)$")
FOREIGN = re.compile(
    r"registry\.npmjs|pypi\.org|pythonhosted|--(extra-)?index-url|\"resolved\": *\"http|(?<![\w.])/(work|home|root)/\w"
)


def tracked() -> Iterator[Path]:
    """Every file of the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return (ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file())


def modules() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and PACKAGE in path.parents]


def test_no_module_is_longer_than_four_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix == ".py" and (count := lines(path)) > LONGEST
    }
    assert long == {}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_median_module_fits_on_a_few_screens():
    assert statistics.median(lines(path) for path in modules()) <= 120


def test_commit_stands_on_one_line():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ".commit()" in line
    ]
    assert len(found) == 1, found


def test_nobody_but_the_clock_reads_the_time():
    pattern = re.compile(r"\.(now|today|utcnow)\(|\btime\.(time|monotonic)\(")
    allowed = re.compile(r"\bclock\.(now|today)\(")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in modules()
        if path.name != "clock.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if pattern.search(allowed.sub("", line)) and not line.strip().startswith(("#", '"'))
    ]
    assert found == []


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_nothing_is_ever_evaluated_as_python():
    assert [str(path) for path in modules() if {"eval", "exec", "compile", "__import__"} & set(calls(path))] == []


def test_every_ignored_check_has_its_reason():
    pattern = re.compile(r"#\s*(type: ignore|noqa)(?!.*(\s#\s|\s-\s)\s*\S)")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in tracked()
        if path.suffix == ".py" and path != Path(__file__)
        for line in path.read_text(encoding="utf-8").splitlines()
        if pattern.search(line)
    ]
    assert found == []


def test_no_room_is_called_what_says_nothing():
    assert [str(path) for path in modules() if BANNED_NAMES.search(path.stem)] == []


def test_every_setting_is_described_for_the_operator():
    told = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    assert [name for each in fields(Settings) if (name := f"RJ_{each.name.upper()}") not in told] == []


def test_every_command_is_described_and_its_verb_belongs_to_somebody():
    assert whole_product.imported() > 100
    told = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    registered = commands.registered()
    assert len(registered) > 10
    assert [name for name in registered if f"`{name}`" not in told] == []
    of_people = {verb for role in bpmn.roles()["roles"].values() for verb in role["verbs"]}
    of_others = {
        "fire",
        "deliver",
        "prove",
        "migrate",
        "sweep_trials",
        "resume_after_restore",
        "rebuild_inbox",
        "add_service",
        "sign_in",
    }
    assert {verb for verb in registered.values() if verb not in of_people | of_others} == set()


def test_migrations_are_numbered_with_one_head():
    scripts = ScriptDirectory(str(PACKAGE / "migrations"))
    names = sorted(path.name for path in (PACKAGE / "migrations/versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert len(scripts.get_heads()) == 1
    assert migrations.HERE.is_dir()


def test_every_promise_names_a_test_that_exists():
    told = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", told)
    assert named
    for file, test in named:
        assert (ROOT / file).is_file(), file
        assert not test or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), (file, test)


def test_no_file_names_a_registry_or_a_place_on_a_machine():
    skipped = {".png", ".ico", ".woff2", ".br", ".gz"}
    found = []
    for path in tracked():
        if path.suffix in skipped or path == Path(__file__) or "vendor" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in FOREIGN.finditer(text)]
    assert found == []


def test_suitability_is_the_word_and_never_the_other_one():
    data = [path for path in tracked() if path.suffix in {".bpmn", ".form", ".dmn", ".html", ".md"}]
    word = "eligib"
    told = {"docs/glossary.md", "README.md"}
    found = [
        str(path.relative_to(ROOT))
        for path in data
        if str(path.relative_to(ROOT)) not in told and word in path.read_text(encoding="utf-8").lower()
    ]
    assert found == []


@pytest.mark.parametrize("path", ["rj_engine", "tests", "docs", "pyproject.toml", "README.md"])
def test_the_top_level_stands(path):
    assert (ROOT / path).exists()
