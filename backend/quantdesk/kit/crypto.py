"""Seal what must be read by nobody else: strategy code, account secrets.

AES-256-GCM under the owner's data key (kit/data_keys.py), which the KeyProvider's master key wraps. What a value is
about, e.g. its strategy and version, is bound to it: moved to another place it does not open. See
docs/concepts/encryption.md.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quantdesk.kit import data_keys
from quantdesk.kit.context import Context
from quantdesk.kit.data_keys import Tampered as Tampered
from quantdesk.kit.uow import UnitOfWork

FORMAT = b"QD\x01"
_ID = re.compile(rb"[0-9A-Z]{26}")
_ID_BYTES = 26
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = len(FORMAT) + _ID_BYTES
Part = str | int


class _Sealed(NamedTuple):
    """The format, version 1: `QD` 0x01, the data key's id, the nonce, the ciphertext with its tag."""

    head: bytes
    nonce: bytes
    body: bytes

    @property
    def key_id(self) -> str:
        return self.head[len(FORMAT) :].decode("ascii")


async def seal(uow: UnitOfWork, context: Context, owner_id: str, plain: bytes, *about: Part) -> str:
    """Encrypt for an owner, in a write unit; give text of base 64. `about` says what it is, and opens it again."""
    data_key = await data_keys.current(uow, context, owner_id)
    head = FORMAT + data_key.id.encode()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    body = AESGCM(data_key.secret).encrypt(nonce, plain, head + _bound(owner_id, about))
    return base64.b64encode(head + nonce + body).decode()


async def unseal(uow: UnitOfWork, context: Context, owner_id: str, text: str, *about: Part) -> bytes:
    """Decrypt what `seal` gave.

    Raise Tampered when a byte of it or of its key, its owner or its place is not what it was; KeyUnavailable when the
    master key is missing.
    """
    sealed = _parsed(text, about)
    data_key = await data_keys.by_id(uow, context, owner_id, sealed.key_id)
    try:
        return AESGCM(data_key.secret).decrypt(sealed.nonce, sealed.body, sealed.head + _bound(owner_id, about))
    except InvalidTag:
        raise _tampered(about) from None


def key_of(text: str) -> str:
    """Give the id of the data key that something was sealed by. Raise Tampered."""
    return _parsed(text, ()).key_id


def _parsed(text: str, about: tuple[Part, ...]) -> _Sealed:
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise _tampered(about) from None
    # Base 64 ignores the last letter's spare bits: only the one way to write the bytes is taken.
    whole = base64.b64encode(data).decode() == text and len(data) >= _HEAD_BYTES + _NONCE_BYTES + _TAG_BYTES
    if not whole or not data.startswith(FORMAT) or not _ID.fullmatch(data[len(FORMAT) : _HEAD_BYTES]):
        raise _tampered(about)
    nonce_end = _HEAD_BYTES + _NONCE_BYTES
    return _Sealed(data[:_HEAD_BYTES], data[_HEAD_BYTES:nonce_end], data[nonce_end:])


def _bound(owner_id: str, about: tuple[Part, ...]) -> bytes:
    """Write the parts one after another with their lengths, so that no two lists of parts give the same bytes."""
    parts = [str(part).encode() for part in (owner_id, *about)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _tampered(about: tuple[Part, ...]) -> Tampered:
    what = " ".join(map(str, about)) or "an encrypted value"
    return Tampered(
        f"{what} was changed outside of QuantDesk, or is damaged: it does not open with its key. "
        "Nothing of it is shown. Bring it back from a backup, and find out who can write to the database",
        about=[str(part) for part in about],
    )
