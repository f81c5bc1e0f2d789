"""Encryption at rest: a data key per conversation, wrapped by the master key; erasing the key erases the text.

AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce a value. The row a value belongs to is its associated data, so
that no ciphertext can be moved to another row. A sealed value is 1 byte format, 4 bytes key id, 12 bytes
nonce, ciphertext.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_HEAD_BYTES = 5
_FORMAT = b"\x01"
_NO_KEY_ID = b"\x00" * 4


class VaultError(Exception):
    """A sealed value cannot be opened: wrong key, wrong row, or damaged bytes."""


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


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens the values of one conversation with its data key."""

    conversation_id: str
    _key: bytes

    def seal(self, place: str, value: Any) -> bytes:
        """Return `value` (JSON-able) sealed for `place`, such as "inbox/7"."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return _seal(self._key, _NO_KEY_ID, f"{self.conversation_id}/{place}", plain)

    def open(self, place: str, sealed: bytes) -> Any:
        """Return what was sealed for `place`; raises VaultError."""
        return json.loads(_open(self._key, f"{self.conversation_id}/{place}", sealed))


class Vault:
    """Holds the master keys; the newest one wraps, all of them open."""

    def __init__(self, keys: Mapping[int, bytes], hash_key: bytes) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise VaultError("a master key must be 32 bytes")
        self._keys = dict(keys)
        self._newest = max(self._keys)
        self._hash_key = hash_key

    def seal(self, row: str, value: Any) -> bytes:
        """Seal a value that belongs to no conversation (a staff secret) under the master key."""
        plain = json.dumps(value, ensure_ascii=False).encode()
        return _seal(self._keys[self._newest], self._newest.to_bytes(4, "big"), row, plain)

    def open(self, row: str, sealed: bytes) -> Any:
        """Open what `seal` made; raises VaultError."""
        key = self._keys.get(int.from_bytes(sealed[1:_HEAD_BYTES], "big"))
        if key is None:
            raise VaultError(f"cannot open {row}: its master key is not in the key file")
        return json.loads(_open(key, row, sealed))

    def new_key(self, conversation_id: str) -> bytes:
        """Return a fresh data key for a conversation, wrapped."""
        return self.seal(f"{conversation_id}/key", secrets.token_hex(KEY_BYTES))

    def sealer(self, conversation_id: str, key_wrapped: bytes) -> Sealer:
        """Unwrap a conversation's data key; raises VaultError when it was shredded."""
        return Sealer(conversation_id, bytes.fromhex(self.open(f"{conversation_id}/key", key_wrapped)))

    def address_hash(self, channel: str, address: str) -> str:
        """Return the keyed hash by which a messenger's id is found again (HMAC-SHA-256)."""
        return hmac.new(self._hash_key, f"{channel}\0{address}".encode(), hashlib.sha256).hexdigest()


def make_key_file(path: Path) -> None:
    """Write a fresh key file that only its owner may read; raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    body = {"hash": secrets.token_hex(KEY_BYTES), "master": {"1": secrets.token_hex(KEY_BYTES)}}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())


def load_key_file(path: Path) -> Vault:
    """Read the key file; raises VaultError with what to do about it."""
    try:
        body = json.loads(path.read_text())
        keys = {int(key_id): bytes.fromhex(key) for key_id, key in body["master"].items()}
        return Vault(keys, bytes.fromhex(body["hash"]))
    except FileNotFoundError as error:
        raise VaultError(
            f"{path}: no key file. Restore it from the backup; without it the data cannot be read."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise VaultError(f"{path}: damaged key file. Restore it from the backup.") from error
