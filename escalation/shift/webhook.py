"""Alerts and events of cases to the operator's own systems: a signed POST with ids, words of ours and times.

The receiver checks `Khien-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA-256 of `<t>.<body>` under the shared secret.
What came twice has the same `Khien-Id`; any answer of 2xx means that it was taken.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import aiohttp

from escalation.outside.announcing import CASE
from escalation.shift.outward import Outgoing, Undelivered

_TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One address, and the secret that both sides know."""

    url: str
    secret: bytes

    async def carry(self, outgoing: Outgoing, now: datetime) -> None:
        """Post one alert or event; raises Undelivered unless it is taken. Redirects are not followed."""
        body = body_of(outgoing)
        headers = {
            "Content-Type": "application/json",
            "Khien-Id": outgoing.id,
            "Khien-Signature": signature(self.secret, body, int(now.timestamp())),
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                taken = HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Undelivered(type(error).__name__) from None
        if not taken:
            raise Undelivered("refused")


def body_of(outgoing: Outgoing) -> bytes:
    """Return what is sent: ids and words of ours."""
    told: dict[str, Any] = {
        "id": outgoing.id,
        "type": "alert" if outgoing.facts is None else CASE,
        "kind": outgoing.kind,
        "case": outgoing.case_id or None,
        "at": outgoing.at.isoformat(),
    }
    if outgoing.facts is not None:
        told |= {"number": outgoing.number, **json.loads(outgoing.facts)}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: bytes, body: bytes, seconds: int) -> str:
    """Return the header that proves who sent a body, and when (seconds since 1970)."""
    signed = hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"
