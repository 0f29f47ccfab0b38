"""Sealing of what a person said: AES-256-GCM, one key id a value, bound to its table, column and row."""

from __future__ import annotations

import hmac
import json
import os
import unicodedata
import zlib
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rj_engine.errors import Broken

FORMAT: Final = 1
NONCE_BYTES: Final = 12
HEAD_BYTES: Final = 2
PACKED: Final = b"z"
LONG: Final = 160
SHORTEST: Final = HEAD_BYTES + NONCE_BYTES + 16

_keys: dict[int, AESGCM] = {}
_newest: list[int] = []
_oldest: list[bytes] = []


class SealBroken(Broken):
    """A stored value could not be opened: it was altered, moved, or its key is missing."""

    code = "seal_broken"


def use_keys(keys: Mapping[int, bytes]) -> None:
    """Seal with the highest key id from now on, open with any of `keys` (id to 32 bytes)."""
    _keys.clear()
    _keys.update({number: AESGCM(key) for number, key in keys.items()})
    _newest[:] = [max(keys)]
    _oldest[:] = [keys[min(keys)]]


def mark(words: str) -> str:
    """A mark by which equal words are found without being read: hex, 32 characters, made with the oldest key.

    Letter case, accents, marks and spaces make no difference.
    """
    plain = unicodedata.normalize("NFKD", words).casefold()
    letters = "".join(one for one in plain if one.isalnum())
    return hmac.new(_oldest[0], b"mark:" + letters.encode(), "sha256").hexdigest()[:32]


def _place(table: str, column: str, row: UUID) -> bytes:
    return f"{table}.{column}:{row.hex}".encode()


def seal(plain: bytes, table: str, column: str, row: UUID) -> bytes:
    """The sealed bytes; they open only at this table, column and row."""
    number = _newest[0]
    nonce = os.urandom(NONCE_BYTES)
    return bytes((FORMAT, number)) + nonce + _keys[number].encrypt(nonce, plain, _place(table, column, row))


def unseal(sealed: bytes, table: str, column: str, row: UUID) -> bytes:
    """The plain bytes; `SealBroken` where anything about value or place was changed."""
    key = _keys.get(sealed[1]) if is_sealed(sealed) else None
    if key is None:
        raise SealBroken(table=table, column=column)
    nonce = sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
    try:
        return key.decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], _place(table, column, row))
    except InvalidTag as error:
        raise SealBroken(table=table, column=column) from error


def is_sealed(value: bytes) -> bool:
    """Whether the bytes have the shape that `seal` gives."""
    return len(value) >= SHORTEST and value[0] == FORMAT


def seal_json(value: object, table: str, column: str, row: UUID) -> bytes:
    """`seal` for a JSON value."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return seal(_packed(plain.encode()), table, column, row)


def unseal_json(sealed: bytes, table: str, column: str, row: UUID) -> object:
    """`unseal` for a JSON value."""
    plain = unseal(sealed, table, column, row)
    value: object = json.loads(zlib.decompress(plain[1:]) if plain[:1] == PACKED else plain)
    return value


def _packed(plain: bytes) -> bytes:
    """Long JSON is packed; the mark is a letter that no JSON text begins with."""
    return PACKED + zlib.compress(plain, 1) if len(plain) > LONG else plain
