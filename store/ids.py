"""Identifiers: unguessable, without meaning, safe in a URL."""

import secrets
from typing import NewType

ConversationId = NewType("ConversationId", str)
CaseId = NewType("CaseId", str)
StaffId = NewType("StaffId", str)


def new_id() -> str:
    """Return a fresh 128-bit identifier in 32 hexadecimal letters."""
    return secrets.token_hex(16)
