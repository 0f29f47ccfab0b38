"""What the operator decides: read once from `RJ_…` environment variables, all described in docs/operate.md."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rj_engine.errors import Refused

FIRST_KEY_ID = 1
SHORTEST_SECRET = 32


class SettingsRefused(Refused):
    """A setting is missing or cannot be used."""

    code = "settings_refused"


@dataclass(frozen=True, slots=True)
class Settings:
    """The product's settings; `data_keys` maps a key id to 32 bytes, the highest id seals new values."""

    database_url: str
    secret_key: str
    data_keys: Mapping[int, bytes]
    service_name: str = "Restorative Justice Cases"
    secure_cookies: bool = True
    proxies: int = 0
    exit_site: str = "https://www.bbc.co.uk/weather"
    idle_minutes: int = 15
    session_hours: int = 10
    sign_ins_per_address: str = "50 per 5 minutes"
    sign_ins_per_account: str = "10 per 5 minutes"
    rate_limit_storage: str = "memory://"
    outgoing_folder: str = "instance/outgoing"
    largest_document_mb: int = 10
    site_address: str = "http://127.0.0.1:5000"
    digest_hour: int = 7
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_ca_file: str = ""
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = "no-reply@localhost"
    notify_key: str = ""
    notify_template: str = ""
    notify_weekly_template: str = ""
    notify_address: str = "https://api.notifications.service.gov.uk"


def parse_keys(text: str) -> dict[int, bytes]:
    """`1:<64 hex digits>,2:<64 hex digits>` as key ids with their 32 bytes."""
    keys: dict[int, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        number, _, digits = part.partition(":")
        try:
            key = bytes.fromhex(digits)
            identity = int(number)
        except ValueError as error:
            raise SettingsRefused("RJ_DATA_KEYS must look like 1:<64 hex digits>, several parted by commas.") from error
        if len(key) != 32 or not 0 < identity < 256:  # noqa: PLR2004 - AES-256; the id is one byte
            raise SettingsRefused("Each key in RJ_DATA_KEYS needs an id from 1 to 255 and 64 hex digits.")
        if identity in keys:
            raise SettingsRefused(f"RJ_DATA_KEYS names the key {identity} twice.")
        keys[identity] = key
    if not keys:
        raise SettingsRefused("RJ_DATA_KEYS is empty: without a key nothing can be sealed.")
    return keys


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings for service: nothing is invented here, a missing secret refuses."""
    needed = {name: environment.get(name, "") for name in ("RJ_DATABASE_URL", "RJ_SECRET_KEY", "RJ_DATA_KEYS")}
    for name, text in needed.items():
        if not text:
            raise SettingsRefused(f"Set {name} (docs/operate.md says how).")
    if len(needed["RJ_SECRET_KEY"]) < SHORTEST_SECRET:
        raise SettingsRefused(f"RJ_SECRET_KEY needs at least {SHORTEST_SECRET} characters.")
    return Settings(
        database_url=needed["RJ_DATABASE_URL"],
        secret_key=needed["RJ_SECRET_KEY"],
        data_keys=parse_keys(needed["RJ_DATA_KEYS"]),
        **_optional(environment),
    )


def _optional(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that have a default and were given all the same."""
    found: dict[str, Any] = {}
    counts = ("idle_minutes", "session_hours", "proxies", "largest_document_mb", "digest_hour", "smtp_port")
    switches = ("secure_cookies",)
    rates = ("sign_ins_per_address", "sign_ins_per_account", "rate_limit_storage")
    mail = ("smtp_host", "smtp_tls", "smtp_ca_file", "smtp_user", "smtp_password", "smtp_from")
    notify = ("notify_key", "notify_template", "notify_weekly_template", "notify_address")
    texts = ("service_name", "exit_site", "outgoing_folder", "site_address", *rates, *mail, *notify)
    for name in (*texts, *counts, *switches):
        if (text := environment.get(f"RJ_{name.upper()}")) is not None:
            found[name] = text if name in texts else (_switch if name in switches else _count)(name, text)
    if found.get("smtp_tls", "starttls") not in {"starttls", "tls", "no"}:
        raise SettingsRefused("RJ_SMTP_TLS is starttls, tls or no.")
    if (trusted := found.get("smtp_ca_file")) and not Path(trusted).is_file():
        raise SettingsRefused("RJ_SMTP_CA_FILE names no file of certificates.")
    return found


def _switch(name: str, text: str) -> bool:
    """Yes or no and nothing else: a guess here could turn a protection off."""
    if text not in {"yes", "no"}:
        raise SettingsRefused(f"RJ_{name.upper()} is yes or no.")
    return text == "yes"


def _count(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise SettingsRefused(f"RJ_{name.upper()} is a whole number above 0.")
    return int(text)


def for_instance(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings for one machine: what the environment does not give is made once in `folder` and kept there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = {
        "RJ_DATABASE_URL": f"sqlite:///{(folder / 'rj.sqlite').resolve()}",
        "RJ_SECRET_KEY": _kept(folder / "secret_key", secrets.token_hex(32)),
        "RJ_DATA_KEYS": _kept(folder / "data_keys", f"{FIRST_KEY_ID}:{secrets.token_hex(32)}"),
        "RJ_SECURE_COOKIES": "no",
        "RJ_OUTGOING_FOLDER": str((folder / "outgoing").resolve()),
    }
    return from_environment({**made, **environment})


def _kept(path: Path, fresh: str) -> str:
    """The text kept at `path`, written there whole on first use and readable by its owner alone."""
    if not path.exists() or not path.stat().st_size:
        unfinished = path.with_name(f".{path.name}.part")
        unfinished.touch(mode=0o600)
        unfinished.write_text(fresh + "\n", encoding="ascii")
        unfinished.replace(path)
    return path.read_text(encoding="ascii").strip()
