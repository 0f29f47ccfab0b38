"""Forms that never lose a word: a server that dies, a sign-in that ends, a colleague who is quicker."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rj_engine import bpmn
from rj_engine.forms import parse
from rj_engine.workflows.task.tasks import ClaimTask, CompleteTask
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.places import DATA_KEYS, Product
from tests.web.browsing import a_case, open_task, typical

pytestmark = pytest.mark.browser
SAVED = re.compile(r"^Saved at ")
MOST_LOST = 5.0
"""Seconds of typing."""


def a_free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def a_server(url: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The product as a process of its own, in a group of its own; dead at the end whatever happens."""
    keys = ",".join(f"{number}:{key.hex()}" for number, key in DATA_KEYS.items())
    given = {"RJ_DATABASE_URL": url, "RJ_SECRET_KEY": "test " * 8, "RJ_DATA_KEYS": keys, "RJ_SECURE_COOKIES": "no"}
    script = "from rj_engine.cli import run; run()"
    command = [sys.executable, "-c", script, "serve", "--port", str(port), "--no-scheduler"]
    server = subprocess.Popen(command, env={**os.environ, **given}, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/health/live")
        yield server
    finally:
        killed(server)


def killed(server: subprocess.Popen[bytes]) -> None:
    """As a fall of the machine does it: nobody is asked, no worker ends its work."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def wait_for(address: str, patience: int = 60) -> None:
    for _ in range(patience * 4):
        with suppress(OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
            return
        time.sleep(0.25)
    raise AssertionError("the server does not come up")


def area_of(page: Page) -> str:
    name = page.locator("textarea:visible").first.get_attribute("name")
    assert name is not None
    return name


def test_a_server_killed_in_mid_typing_costs_at_most_five_seconds_of_it(
    chromium: Browser, furnished_sqlite: Path, tmp_path: Path
) -> None:
    path = tmp_path / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    url, port = f"sqlite:///{path}", a_free_port()
    with Product.opened(url) as product:
        task = open_task(product, a_case(product)).id
        with Visit.opened(chromium, f"http://127.0.0.1:{port}", product) as visit:
            with a_server(url, port) as server:
                visit.sign_in("coordinator")
                page = visit.go(f"/tasks/{task}")
                name = area_of(page)
                page.locator(f'[name="{name}"]').focus()
                typed = typed_without_a_pause(page, 8.0)
                killed(server)
                fell = time.monotonic()
                expect(page.locator("[data-draft-says]")).to_contain_text("Not saved, trying again")
                expect(page.locator(f'[name="{name}"]')).to_have_value("".join(sign for _, sign in typed))
            with a_server(url, port):
                kept = what_was_kept(chromium, visit, f"/tasks/{task}", name)
                lost = [at for at, _ in typed[len(kept) :]]
                assert "".join(sign for _, sign in typed).startswith(kept)
                assert kept
                assert not lost or fell - lost[0] <= MOST_LOST
                # The page that stayed open tries again by itself, and then nothing at all is lost.
                expect(page.locator("[data-draft-says]")).to_have_text(SAVED, timeout=15000)
                whole = what_was_kept(chromium, visit, f"/tasks/{task}", name)
                assert whole == "".join(sign for _, sign in typed)
            visit.troubles[:] = [each for each in visit.troubles if "ERR_" not in each]


def typed_without_a_pause(page: Page, seconds: float) -> list[tuple[float, str]]:
    """Each sign with the moment it was typed."""
    typed, begun = [], time.monotonic()
    while time.monotonic() - begun < seconds:
        sign = "abcdefghij "[len(typed) % 11]
        page.keyboard.type(sign)
        typed.append((time.monotonic(), sign))
        time.sleep(0.15)
    return typed


def what_was_kept(chromium: Browser, before: Visit, path: str, name: str) -> str:
    """What another browser of the same person finds in the form."""
    with Visit.opened(chromium, before.address, before.product) as other:
        other.sign_in("coordinator")
        return other.go(path).locator(f'[name="{name}"]').input_value()


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_form_interrupted_by_signing_out_is_finished_afterwards(
    visit: Visit, hands: type[Mouse | Keyboard], width: int
) -> None:
    visit.page.set_viewport_size({"width": width, "height": 850})
    row = open_task(visit.product, a_case(visit.product))
    task, form = row.id, row.form
    hand = hands(visit)
    visit.go("/sign-in")
    hand.sign_in("coordinator")
    page = visit.go(f"/tasks/{task}")
    name = area_of(page)
    hand.put(name, "Typed just before")

    hand.use("Sign out", back=True)
    visit.go(f"/sign-in?next=/tasks/{task}")
    hand.sign_in("coordinator")

    expect(page.locator(f'[name="{name}"]')).to_have_value("Typed just before")
    assert visit.barriers() == []
    assert not visit.overflows()
    hand.answer(parse(bpmn.forms()[form]), {**typical(form), name: "Typed just before, and after"})
    hand.use("Check your answers first")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    expect(page.locator("dl")).to_contain_text("Typed just before, and after")
    assert visit.barriers() == []
    assert not visit.overflows()
    hand.use("Finish this task")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("is done")


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_task_lost_to_a_colleague_keeps_both_texts(visit: Visit, hands: type[Mouse | Keyboard], width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 850})
    row = open_task(visit.product, a_case(visit.product))
    task, form = row.id, row.form
    visit.product.do(ClaimTask, "coordinator", task_id=task)
    hand = hands(visit)
    visit.go("/sign-in")
    hand.sign_in("coordinator")
    page = visit.go(f"/tasks/{task}")
    name = area_of(page)
    hand.put(name, "What I heard myself")
    expect(page.locator("[data-draft-says]")).to_have_text(SAVED)
    answers = typical(form, **{name: "What the lead heard"})
    visit.product.do(CompleteTask, "lead", task_id=task, answers=answers)

    hand.use("Finish this task")

    expect(page.locator("table")).to_contain_text("What the lead heard")
    expect(page.locator("table")).to_contain_text("What I heard myself")
    assert visit.barriers() == []
    assert not visit.overflows()
    hand.use("Keep my words beside the record")
    expect(page.locator("main")).to_contain_text("Written beside it")
    expect(page.locator("main")).to_contain_text("What I heard myself")
    assert visit.barriers() == []
    assert not visit.overflows()
    hand.use(re.compile(r"Change what was recorded.*"))
    assert visit.barriers() == []
    assert not visit.overflows()
