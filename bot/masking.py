"""What in a child's words belongs to a consent of its own: a phone, an address, a name. Hidden until agreed."""

import re

Mask = tuple[int, int, str]

# 8 to 10 digits after the prefix: a Vietnamese phone, never 111, 113 or 115.
_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){8,10}(?!\d)")
_WORD = r"[^\W\d_]+"
# Capital letters one by one: in Unicode's order small Vietnamese letters stand among them.
_CAPITAL = "A-Z" + "".join(letter for letter in map(chr, range(0xC0, 0x1EFA)) if letter.isupper())
# "em tên là ...", "con tên ...", "my name is ...": up to four syllables, until the sentence goes on in small letters.
_NAME = re.compile(
    rf"\b(?i:tên|ten|my name is)\s+(?i:(?:là|la|của|cua|thật|that|em|con|mình|minh)\s+)*"
    rf"({_WORD}(?:\s+[{_CAPITAL}]\w*){{0,4}})"
)
# These words name an address whatever follows; the others only before a capital letter or a number.
_ADDRESS = re.compile(
    rf"\b(?:(?i:số nhà|so nha|ngõ|ngách|hẻm|thôn|xóm|ấp|phường|quận|huyện|thị trấn|thị xã)\s+(?:{_WORD}|\d[\w/]*)"
    rf"(?:\s+[{_CAPITAL}]\w*)*"
    rf"|(?:[Đđ]ường|[Pp]hố|[Xx]ã|[Bb]ản|[Tt]ỉnh|[Tt]hành phố|TP\.?|[Kk]hu)\s+(?:[{_CAPITAL}]\w*|\d[\w/]*)"
    rf"(?:\s+[{_CAPITAL}]\w*)*)"
)


def masks(text: str) -> list[Mask]:
    """Return the spans (code points) of `text` to hide, each with the item that uncovers it."""
    found: list[Mask] = [(match.start(), match.end(), "phone") for match in _PHONE.finditer(text)]
    found += [(match.start(1), match.end(1), "nickname") for match in _NAME.finditer(text)]
    found += [(match.start(), match.end(), "area") for match in _ADDRESS.finditer(text)]
    return found
