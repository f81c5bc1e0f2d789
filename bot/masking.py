"""What in a child's words belongs to an item of consent of its own: a phone, a place, a name. Hidden until agreed."""

import re

from nlu.understanding import Understanding

# "em tên là ...", "con tên ...", "my name is ...": one to three words that follow are taken for a name.
_NAME = re.compile(
    r"(?:\b(?:tên|ten)(?:\s+(?:là|la|của\s+\w+\s+là|em\s+là))?|\bmy name is)"
    r"\s+((?:[^\W\d_]+)(?:\s+[A-ZĐÀ-Ỹ][^\W\d_]*){0,2})",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){8,10}(?!\d)")
_ITEM_OF = {"phone": "phone", "place": "area"}

Mask = tuple[int, int, str]


def masks(text: str, reading: Understanding | None) -> list[Mask]:
    """Return the spans (code points) of `text` to hide, each with the item that uncovers it."""
    found: list[Mask] = [(match.start(), match.end(), "phone") for match in _PHONE.finditer(text)]
    found += [(match.start(1), match.end(1), "nickname") for match in _NAME.finditer(text)]
    if reading is not None:
        found += [
            (entity.start, entity.end, _ITEM_OF[entity.label])
            for entity in reading.entities
            if entity.label in _ITEM_OF and entity.end <= len(text)
        ]
    return found
