"""Encryption at rest: a data key per conversation, wrapped by the master key; erasing the key erases the text.

AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce a value. The row a value belongs to is its associated data, so
that no ciphertext can be moved to another row. A sealed value is 1 byte format, 4 bytes key id, 12 bytes
nonce, ciphertext.
"""

import contextlib
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
KEY_ID_AT, KEY_ID_BYTES = 1, 4
_NONCE_BYTES = 12
_HEAD_BYTES = KEY_ID_AT + KEY_ID_BYTES
_FORMAT = b"\x01"
_NO_KEY_ID = b"\x00" * KEY_ID_BYTES
_ASK_AGAIN_SECONDS = 30.0  # a key that nobody has must not be asked for at every row


class VaultError(Exception):
    """A sealed value cannot be opened, or the master keys cannot be had; the text says what to do about it."""


def _seal(key: bytes, key_id: bytes, row: str, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _FORMAT + key_id + nonce + AESGCM(key).encrypt(nonce, plain, row.encode())


def _open(key: bytes, row: str, sealed: bytes) -> bytes:
    nonce = sealed[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES]
    try:
        return AESGCM(key).decrypt(nonce, sealed[_HEAD_BYTES + _NONCE_BYTES :], row.encode())
    except (InvalidTag, ValueError) as error:
        # The row name holds ids only, never a child's words.
        raise VaultError(f"cannot open {row}: wrong key or damaged value") from error


def key_id_of(sealed: bytes) -> int:
    """Return the number of the master key that a value was sealed under by `Vault.seal`."""
    return int.from_bytes(sealed[KEY_ID_AT:_HEAD_BYTES], "big")


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens the values of one conversation with its data key."""

    conversation_id: str
    _key: bytes

    def seal(self, place: str, value: Any) -> bytes:
        """Return `value` (JSON-able) sealed for `place`, such as "inbox/7"."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return _seal(self._key, _NO_KEY_ID, self._row(place), plain)

    def open(self, place: str, sealed: bytes) -> Any:
        """Return what was sealed for `place`; raises VaultError."""
        return json.loads(_open(self._key, self._row(place), sealed))

    def hand_over(self, place: str, sealed: bytes, to: "Sealer") -> bytes:
        """Return the value of `place` sealed under the key of `to`; raises VaultError."""
        return _seal(to._key, _NO_KEY_ID, to._row(place), _open(self._key, self._row(place), sealed))  # noqa: SLF001

    def _row(self, place: str) -> str:
        return f"{self.conversation_id}/{place}"


class Vault:
    """Holds the master keys; the newest one wraps, all of them open."""

    def __init__(
        self, keys: Mapping[int, bytes], hash_key: bytes, reread: Callable[[], Mapping[int, bytes]] | None = None
    ) -> None:
        """`reread` fetches the master keys anew from where they came."""
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise VaultError("a master key must be 32 bytes")
        self._keys = dict(keys)
        self._hash_key = hash_key
        self._reread = reread
        self._asked: dict[int, float] = {}

    @property
    def newest(self) -> int:
        """Return the number of the master key that wraps."""
        return max(self._keys)

    def knows(self, number: int) -> bool:
        """Tell whether master key `number` is there; reads the keys anew where it is not, then not again soon."""
        if number not in self._keys and time.monotonic() >= self._asked.get(number, 0.0):
            self._asked[number] = time.monotonic() + _ASK_AGAIN_SECONDS
            self.refresh()
        return number in self._keys

    def refresh(self) -> None:
        """Take in master keys that were added since; none is forgotten, and a source that fails changes nothing."""
        if self._reread is not None:
            with contextlib.suppress(VaultError):
                self._keys |= self._reread()

    def seal(self, row: str, value: Any) -> bytes:
        """Seal a value that belongs to no conversation (a staff secret) under the master key."""
        return self._seal(row, json.dumps(value, ensure_ascii=False).encode())

    def open(self, row: str, sealed: bytes) -> Any:
        """Open what `seal` made; raises VaultError."""
        return json.loads(_open(self._key_of(row, sealed), row, sealed))

    def rewrap(self, row: str, sealed: bytes) -> bytes:
        """Return what `seal` made, sealed under the newest master key; raises VaultError."""
        return self._seal(row, _open(self._key_of(row, sealed), row, sealed))

    def new_key(self, conversation_id: str) -> bytes:
        """Return a fresh data key for a conversation, wrapped."""
        return self.seal(key_place(conversation_id), secrets.token_hex(KEY_BYTES))

    def sealer(self, conversation_id: str, key_wrapped: bytes) -> Sealer:
        """Unwrap a conversation's data key; raises VaultError."""
        return Sealer(conversation_id, bytes.fromhex(self.open(key_place(conversation_id), key_wrapped)))

    def address_hash(self, channel: str, address: str) -> str:
        """Return the keyed hash by which a messenger's id is found again (HMAC-SHA-256)."""
        return hmac.new(self._hash_key, f"{channel}\0{address}".encode(), hashlib.sha256).hexdigest()

    def _seal(self, row: str, plain: bytes) -> bytes:
        return _seal(self._keys[self.newest], self.newest.to_bytes(KEY_ID_BYTES, "big"), row, plain)

    def _key_of(self, row: str, sealed: bytes) -> bytes:
        number = key_id_of(sealed)
        if not self.knows(number):
            words = f"cannot open {row}: master key {number} is not among the keys, also after reading them anew"
            raise VaultError(f"{words}. Put it back from the keys' backup; see `khien keys show`.")
        return self._keys[number]


def key_place(conversation_id: str) -> str:
    """Return the row name that a conversation's data key is wrapped for."""
    return f"{conversation_id}/key"
