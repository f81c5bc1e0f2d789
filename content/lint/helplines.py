"""Numbers that a child might call must stand in the directory, verified (KC202 to KC206)."""

import re
from collections.abc import Iterator

from content.errors import Place, Problem
from content.lint.passages import Passage, passages
from content.tree import Tree

_NUMBER = re.compile(r"(?<![\w{/,.\-])\+?[0-9](?:[ .\-]?[0-9]){2,13}(?![\w}/%]|[.,][0-9])")
_CALLED = re.compile(r"(?i)\b(?:gọi|đài|hotline|call|dial|phone|thoại|dây)\b(?:\W+\w+)?\W*$")
_COUNTED = re.compile(
    r"(?i)^\s*(?:nghìn|ngàn|triệu|tỷ|tỉ|đồng|đ|k|người|tuổi|phút|giờ|ngày(?! đêm)|tháng|năm|lần|tin|like|lượt|"
    r"kim cương|robux|xu|people|times|minutes|hours|days|years|dong|diamonds|coins|likes|dollars)\b"
)
_EMERGENCY_LENGTH = 3


def numbers(tree: Tree) -> Iterator[Problem]:
    """Find the numbers that nobody has entered or verified."""
    if not tree.helplines:
        if not any(problem.place.file.endswith("/directory.yml") for problem in tree.problems):
            place = Place(file=f"{tree.name}/directory.yml", line=1)
            yield Problem(place=place, code="KC204", message="no text may name a number yet")
        return
    verified = {_digits(helpline.number): helpline.verified is not None for helpline in tree.helplines}
    for passage in passages(tree):
        for match in _NUMBER.finditer(passage.text):
            yield from _check(passage, match, verified)


def directory(tree: Tree) -> Iterator[Problem]:
    """Find entries for a province that is not there, and entries that hide without a reason."""
    provinces = {province.code for province in tree.places.provinces}
    for helpline in tree.helplines:
        if helpline.province is not None and helpline.province not in provinces:
            yield Problem(place=helpline.place, code="KC205", message=f"{helpline.id}: {helpline.province}")
        if (helpline.verified is None) == (helpline.hidden is None):
            yield Problem(
                place=helpline.place, code="KC206", message=f"{helpline.id}: `verified` or `hidden`, not both"
            )


def _check(passage: Passage, match: re.Match[str], verified: dict[str, bool]) -> Iterator[Problem]:
    pieces = [match[0]]
    if _digits(match[0]) not in verified and all(_digits(piece) in verified for piece in match[0].split()):
        pieces = match[0].split()  # "111 113": two numbers side by side
    for piece in pieces:
        digits = _digits(piece)
        if verified.get(digits):
            continue
        if digits in verified:
            yield passage.problem("KC203", f"{passage.name}: {piece}", match.start())
        elif _looks_like_a_helpline(passage.text, match):
            yield passage.problem("KC202", f"{passage.name}: {piece}", match.start())


def _looks_like_a_helpline(text: str, match: re.Match[str]) -> bool:
    if _COUNTED.match(text[match.end() :]):
        return False
    digits = _digits(match[0])
    if len(digits) == _EMERGENCY_LENGTH and digits.startswith("11"):
        return True
    if digits.startswith(("1800", "1900")) and len(digits) in range(8, 11):
        return True
    if digits.startswith("0") and len(digits) in range(9, 12):
        return True
    return _CALLED.search(text[: match.start()]) is not None and len(digits) in range(3, 12)


def _digits(number: str) -> str:
    digits = re.sub(r"[^0-9]", "", number)
    return "0" + digits[2:] if number.startswith("+84") else digits
