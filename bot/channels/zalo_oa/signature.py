"""Who an event comes from: SHA-256 of app id, raw body, time and the account's secret (no HMAC, as Zalo has it).

Which secret it is and what stands first is told in different ways; both are settings, and `khien zalo verify` says
which of them a captured event was signed by.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = "X-ZEvent-Signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What events are signed with: the first term (the app's id or the account's) and the secret."""

    first: str
    secret: str = field(repr=False)

    def is_of(self, body: bytes, timestamp: str, header: str) -> bool:
        """Tell whether the header was made for this body by who knows the secret."""
        return hmac.compare_digest(self.sign(body, timestamp).encode(), header.encode("utf-8", "surrogateescape"))

    def sign(self, body: bytes, timestamp: str) -> str:
        """Return the header for a body as it goes over the wire, and the time that stands in it."""
        signed = self.first.encode() + body + timestamp.encode("utf-8", "replace") + self.secret.encode()
        return f"mac={hashlib.sha256(signed).hexdigest()}"


def matching(
    body: bytes, timestamp: str, header: str, *, firsts: Mapping[str, str], secrets: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Return the names of every first term and secret by which an event was signed."""
    return [
        (first, secret)
        for first, value in firsts.items()
        for secret, known in secrets.items()
        if Signing(first=value, secret=known).is_of(body, timestamp, header)
    ]
