"""Two pairs of hands at one page: one clicks, the other has a keyboard and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from playwright.sync_api import Locator

from rj_engine.forms import Field, Form
from rj_engine.forms.html import PARTS
from tests.browser.visiting import Visit
from tests.places import PASSWORD

Name = str | re.Pattern[str]
MOST_PRESSES = 300
TYPED_BY_KEYS = 24
"""Characters up to which every key is pressed; longer words come at once, as from dictation."""


class Hands(Protocol):
    """What somebody does at a page."""

    def sign_in(self, who: str) -> None:
        """Sign in on the page that asks for it."""

    def use(self, name: Name, *, back: bool = False) -> None:
        """Follow the link or press the button of that name; `back`: it is nearer to the top than where one is."""

    def fold_out(self, name: Name) -> None:
        """Open what is folded away under that name."""

    def press(self, name: Name, *, back: bool = False) -> None:
        """Press the button of that name, or tick the box, and stay on the page."""

    def put(self, key: str, value: str) -> None:
        """Type that into the control of that key, or choose it where the control is a list."""

    def answer(self, form: Form, answers: Mapping[str, Any]) -> set[str]:
        """Answer what the page asks of `answers`; the questions that were answered."""


@dataclass(frozen=True)
class Mouse:
    """Clicks on what it sees, found by the words beside it."""

    visit: Visit

    def sign_in(self, who: str) -> None:
        """Through the sign-in page as it stands."""
        page = self.visit.page
        page.get_by_label("Email address").fill(f"{who}@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.use("Sign in")

    def use(self, name: Name, *, back: bool = False) -> None:
        """Click it, and be on the page that follows."""
        del back
        page = self.visit.page
        link = page.get_by_role("link", name=name, exact=True)
        with page.expect_navigation():
            link.or_(page.get_by_role("button", name=name, exact=True)).first.click()

    def fold_out(self, name: Name) -> None:
        """Click its heading."""
        self.visit.page.locator("summary").filter(has_text=name).click()

    def press(self, name: Name, *, back: bool = False) -> None:
        """Click it."""
        del back
        page = self.visit.page
        page.get_by_role("button", name=name, exact=True).or_(page.get_by_label(name, exact=True)).first.click()

    def put(self, key: str, value: str) -> None:
        """Into the one that is seen."""
        control = self.visit.page.locator(f'[name="{key}"]:visible')
        if control.evaluate("one => one.type") == "select-one":
            control.select_option(value)
        else:
            control.fill(value)

    def answer(self, form: Form, answers: Mapping[str, Any]) -> set[str]:
        """Each question that is seen, in the order of the form."""
        given = set()
        for key in form.ordered:
            if key in answers and self._asked(key):
                self._give(form.fields[key], answers[key])
                given.add(key)
        return given

    def _asked(self, key: str) -> bool:
        return self.visit.page.locator(f'[name="{key}"], [name="{key}-day"]').first.is_visible()

    def _give(self, field: Field, value: Any) -> None:
        page = self.visit.page
        control = page.locator(f'[name="{field.key}"]')
        if field.type in {"radio", "checklist"}:
            self._choose(page.get_by_role("group", name=field.label, exact=True), control, field, value)
        elif field.type == "date":
            group = page.get_by_role("group", name=field.label, exact=True)
            for part, text in zip(reversed(PARTS), value.split("-"), strict=True):
                right = page.locator(f'[name="{field.key}-{part}"]')
                group.get_by_label(part.capitalize(), exact=True).and_(right).fill(text)
        elif field.type == "checkbox":
            page.get_by_label(field.label, exact=True).and_(control).set_checked(value)
        elif field.type == "select":
            page.get_by_label(field.label, exact=True).and_(control).select_option(str(value))
        else:
            page.get_by_label(field.label, exact=True).and_(control).fill(str(value))

    def _choose(self, group: Locator, control: Locator, field: Field, value: Any) -> None:
        labels = {option.value: option.label for option in field.options}
        for each in value if isinstance(value, list) else [value]:
            right = control.and_(self.visit.page.locator(f'[value="{each}"]'))
            (group.get_by_label(labels[each], exact=True).and_(right) if each in labels else right).check()


FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const drawn = at.type === "radio" || at.type === "checkbox";
  const label = drawn ? getComputedStyle(at.nextElementSibling, "::before") : style;
  const marked = [style, label].some((one) => one.outlineStyle !== "none" || one.boxShadow !== "none");
  const same = at.type === "radio" ? [...at.form.querySelectorAll(`[name="${at.name}"]`)] : [...(at.options ?? [])];
  return {
    name: at.name ?? "", type: at.type ?? "", value: at.value ?? "", checked: Boolean(at.checked),
    text: at === document.body ? "" : at.textContent.replace(/\\s+/g, " ").trim(),
    choices: same.map((one) => one.value), seen: at === document.body || (box.width > 0 && marked),
  };
}"""
"""What has the focus, and whether one can see that it has."""
Focus = Mapping[str, Any]


@dataclass(frozen=True)
class Keyboard:
    """Presses keys; never clicks, and touches nothing that Tab does not reach."""

    visit: Visit

    def sign_in(self, who: str) -> None:
        """Through the sign-in page as it stands."""
        self._reach("email", by="name")
        self._type(f"{who}@example.org")
        self._reach("password", by="name")
        self._type(PASSWORD)
        self._enter()

    def use(self, name: Name, *, back: bool = False) -> None:
        """Tab to it, press Enter, and be on the page that follows."""
        self._reach(name, key="Shift+Tab" if back else "Tab")
        self._enter()

    def fold_out(self, name: Name) -> None:
        """Tab to its heading, press Space."""
        self._reach(name)
        self._press("Space")

    def press(self, name: Name, *, back: bool = False) -> None:
        """Tab to it, press Space."""
        self._reach(name, key="Shift+Tab" if back else "Tab")
        self._press("Space")

    def put(self, key: str, value: str) -> None:
        """Tab to it; type, or go down the list with the arrows."""
        focus = self._reach(key, by="name")
        if focus["type"] == "select-one":
            self._move(focus, value)
        else:
            self._type(value)

    def answer(self, form: Form, answers: Mapping[str, Any]) -> set[str]:
        """Go down the page once, to the button at its end."""
        given: set[str] = set()
        for _ in range(MOST_PRESSES):
            focus = self._step("Tab")
            if focus["text"] == "Skip to main content":
                self._press("Enter")
            elif focus["text"] in {"Finish this task", "Send referral"}:
                self._step("Shift+Tab")
                return given
            key = re.sub(r"-(day|month|year)$", "", focus["name"])
            if key in form.fields and key in answers:
                self._give(form.fields[key], answers[key], focus)
                given.add(key)
        raise AssertionError("the end of the form cannot be reached with the keyboard")

    def _give(self, field: Field, value: Any, focus: Focus) -> None:
        if field.type in {"radio", "select"}:
            self._move(focus, str(value))
        elif field.type in {"checkbox", "checklist"}:
            wanted = value if field.type == "checkbox" else focus["value"] in value
            if focus["checked"] != wanted:
                self._press("Space")
        elif field.type == "date":
            texts = dict(zip(reversed(PARTS), value.split("-"), strict=True))
            self._type(texts[focus["name"].rpartition("-")[2]])
        else:
            self._type(str(value))

    def _move(self, focus: Focus, wanted: str) -> None:
        """With the arrows, from the choice that has the focus to the wanted one."""
        if focus["type"] == "radio" and not focus["checked"]:
            self._press("Space")
        way = focus["choices"].index(wanted) - focus["choices"].index(focus["value"])
        for _ in range(abs(way)):
            self._press("ArrowDown" if way > 0 else "ArrowUp")

    def _type(self, text: str) -> None:
        keyboard = self.visit.page.keyboard
        keyboard.press("Control+A")
        if not text:
            keyboard.press("Delete")
        elif len(text) <= TYPED_BY_KEYS:
            keyboard.type(text)
        else:
            keyboard.insert_text(text)

    def _reach(self, name: Name, *, by: str = "text", key: str = "Tab") -> Focus:
        wanted = name if isinstance(name, re.Pattern) else re.compile(re.escape(name))
        for _ in range(MOST_PRESSES):
            focus = self._step(key)
            if wanted.fullmatch(focus[by]):
                return focus
        raise AssertionError(f"{name} cannot be reached with the keyboard on {self.visit.page.url}")

    def _step(self, key: str) -> Focus:
        self._press(key)
        focus: Focus = self.visit.page.evaluate(FOCUS)
        assert focus["seen"], f"one cannot see where the focus is: {focus}"
        return focus

    def _press(self, key: str) -> None:
        self.visit.page.keyboard.press(key)

    def _enter(self) -> None:
        with self.visit.page.expect_navigation():
            self._press("Enter")
