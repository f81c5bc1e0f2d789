"""Browsers from which an account was signed in before: guesses from elsewhere never make their owner wait.

A counsellor's office and whoever guesses may share one address. So a browser in which a name signed in carries a mark
of it, and failures are counted for that mark instead of the address (OWASP, "device cookies"). The mark lets nobody in.
"""

import hmac
import secrets

from store.vault import Vault

LIFE_SECONDS = 180 * 86_400
_NONCE_LENGTH = 22  # 16 bytes in base 64
_HASH_LENGTH = 64


def new_mark(vault: Vault, name: str) -> str:
    """Return the mark for a browser in which `name` has just signed in."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_proof(vault, name, nonce)}"


def place_of(vault: Vault, name: str, mark: str | None, address: str) -> str:
    """Return where an attempt for `name` is counted: its marked browser, else its address."""
    nonce, _, proof = (mark or "").partition(".")
    if len(nonce) != _NONCE_LENGTH or len(proof) != _HASH_LENGTH:
        return address
    known = hmac.compare_digest(proof.encode("utf-8", "surrogateescape"), _proof(vault, name, nonce).encode())
    return f"device {nonce}" if known else address


def _proof(vault: Vault, name: str, nonce: str) -> str:
    # A nonce from a browser may hold what UTF-8 cannot write.
    return vault.address_hash("device", f"{name}\0{nonce.encode('utf-8', 'surrogateescape').hex()}")
