"""The operator's settings: nothing is invented in service, and what cannot be meant is refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from rj_engine import settings
from rj_engine.settings import SettingsRefused

KEY = "1:" + "ab" * 32
SERVICE = {
    "RJ_DATABASE_URL": "postgresql+psycopg://db/rj",
    "RJ_SECRET_KEY": "a secret that nobody guesses in a hurry",
    "RJ_DATA_KEYS": KEY,
}


@pytest.mark.parametrize("name", sorted(SERVICE))
def test_service_does_not_start_without_what_it_needs(name: str) -> None:
    for environment in ({**SERVICE, name: ""}, {each: value for each, value in SERVICE.items() if each != name}):
        with pytest.raises(SettingsRefused) as refused:
            settings.from_environment(environment)
        assert name in refused.value.sentence


def test_what_is_not_said_has_a_safe_default() -> None:
    found = settings.from_environment(SERVICE)
    assert found.secure_cookies
    assert (found.idle_minutes, found.session_hours) == (15, 10)


@pytest.mark.parametrize(("text", "secure"), [("yes", True), ("no", False)])
def test_cookies_are_insecure_only_by_a_plain_no(text: str, secure: bool) -> None:
    assert settings.from_environment({**SERVICE, "RJ_SECURE_COOKIES": text}).secure_cookies is secure


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RJ_SECURE_COOKIES", "true"),
        ("RJ_SECURE_COOKIES", ""),
        ("RJ_IDLE_MINUTES", "soon"),
        ("RJ_IDLE_MINUTES", "0"),
        ("RJ_SESSION_HOURS", "-1"),
        ("RJ_DATA_KEYS", "1:abc"),
        ("RJ_DATA_KEYS", "0:" + "ab" * 32),
        ("RJ_DATA_KEYS", "256:" + "ab" * 32),
        ("RJ_DATA_KEYS", "one:" + "ab" * 32),
        ("RJ_DATA_KEYS", f"{KEY},{KEY}"),
        ("RJ_DATA_KEYS", " , "),
        ("RJ_SECRET_KEY", "short"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        settings.from_environment({**SERVICE, name: text})
    assert name in refused.value.sentence


def test_several_keys_are_read_by_their_ids() -> None:
    assert settings.parse_keys(f"{KEY}, 2:{'cd' * 32}") == {1: bytes.fromhex("ab" * 32), 2: bytes.fromhex("cd" * 32)}


def test_one_machine_makes_its_secrets_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    first, second = settings.for_instance(folder, {}), settings.for_instance(folder, {})
    assert first == second
    assert len(first.secret_key) == 64
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("secret_key", "data_keys"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert settings.for_instance(folder, {"RJ_SECRET_KEY": "x" * 32}).secret_key == "x" * 32


def test_a_machine_that_died_while_making_a_secret_makes_it_anew(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch(mode=0o600)
    assert len(settings.for_instance(tmp_path, {}).secret_key) == 64
