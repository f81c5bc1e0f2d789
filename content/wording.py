"""The named places of a message, and the stamp that says which wording a person saw."""

import hashlib
import re
from collections.abc import Mapping

RESERVED = frozenset({"self", "message_id", "audience", "lang"})
"""Names that a place cannot have: they are the arguments of `Content.say`."""

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def placeholders(text: str) -> frozenset[str]:
    """Name the {places} of a text.

    Raises:
        ValueError: a brace stands alone or around something that is not a name.
    """
    rest = _PLACE.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValueError("a { or } that is not part of a {name}")
    return frozenset(_PLACE.findall(text))


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put the values into their places, once: a value that holds braces stays as it is."""
    return _PLACE.sub(lambda place: str(values[place[1]]), text)


def stamp(message_id: str, version: int, text: str) -> str:
    """Name a wording so that a record of consent says exactly which words were agreed to."""
    return f"{message_id}@{version}:{hashlib.sha256(text.encode()).hexdigest()[:6]}"
