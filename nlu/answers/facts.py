"""Reads an age or a role that the writer states of themself, and never one that is said of somebody else."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from nlu.answers.phrases import either, whole_words, words_of

Band = Literal["6-10", "11-14", "15-17", "adult"]
Role = Literal["child", "parent", "other_adult"]

_YOUNGEST: Final = 4
_TIERS: Final = ((10, "6-10"), (14, "11-14"), (17, "15-17"))
_SCHOOL: Final = ((5, "6-10"), (9, "11-14"), (12, "15-17"))
_ME: Final = either("em|con|mình|cháu|tớ|tui|tôi|tao|t|bé|i am|im|i|my age is")
_START: Final = rf"(?:(?:{either('dạ|chào|thưa|=cô ơi|=chị ơi|bot|khiên nhỏ|ạ|ơi|vâng|ừ|thì')}) )*"
_NUMBER_WORDS: Final = {
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "mười ba": 13,
    "mười bốn": 14, "mười lăm": 15, "mười sáu": 16, "mười bảy": 17, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5,
}  # fmt: skip
_COUNT: Final = r"(?P<count>\d{1,2}|" + either("|".join(_NUMBER_WORDS)) + ")"
_CLASS: Final = r"(?: ?[a-e])?(?: ?\d{1,2})?"
_IS_WORDS: Final = either(
    "là|năm nay|mới|được|đang|học|sinh|nay|vừa|thì|chỉ|mới có|có|hiện|đang học|tròn|sắp|lên|gần|hơn|khoảng"
)
_IS: Final = rf"(?: (?:{_IS_WORDS}))*"
_YEARS: Final = either("tuổi|years old|yo|year old|t")
_AT_SCHOOL: Final = either("lớp|khối|grade")
_END: Final = rf"(?: {either('ạ|rồi ạ|nha|nè|rồi')})*"
_AGE: Final = re.compile(rf"(?<!\S){_ME}{_IS} {_COUNT} {_YEARS}(?!\S)")
_AGE_ALONE: Final = re.compile(rf"{_START}(?:{_ME}{_IS} )?{_COUNT}(?: {_YEARS})?{_END}")
_GRADE: Final = re.compile(rf"(?<!\S){_ME}{_IS} {_AT_SCHOOL} {_COUNT}{_CLASS}(?!\S)")
_GRADE_ALONE: Final = re.compile(rf"{_START}(?:{either('học|đang học')} )?{_AT_SCHOOL} {_COUNT}{_CLASS}{_END}")
_SOMEBODY_ELSE: Final = either(
    "bạn|em gái|em trai|chị|anh|con gái|con trai|em họ|em|đứa|bé|nhỏ|thằng|cháu|chị gái|anh trai|chị họ|anh họ|"
    "của|con|bạn của|em út|em ruột|bạn thân"
)
_FOREIGN: Final = re.compile(rf"{_SOMEBODY_ELSE} $")
_CHARGE: Final = either(
    "con gái|con trai|con|bé|cháu|thằng bé|con bé|thằng|bé nhà|cháu nội|cháu ngoại|bé gái|bé trai|học sinh|học trò|"
    "cháu gái|cháu trai|con lớn|con út|bé lớn|đứa con"
)
_MINE: Final = rf"(?:{either('nhà|của|của nhà|lớn|út|lớp')} )?{either('tôi|chị đây|vợ chồng tôi|chúng tôi')}"
_GROWN: Final = either("tôi|mình|tui|em|chị")
_KIN: Final = either(
    "mẹ|bố|ba|má|cha|phụ huynh|bà ngoại|bà nội|ông nội|ông ngoại|mẹ của|bố của|ba của|bà|cô ruột|bà của|người chăm"
)
_TEACHER: Final = either(
    "cô giáo|thầy giáo|giáo viên|gvcn|giáo viên chủ nhiệm|thầy cô|cô chủ nhiệm|nhân viên xã hội|cán bộ"
)
_HAVE: Final = either("nhà tôi có|tôi có|vợ chồng tôi có|nhà mình có|mình có|chị có|tôi làm mẹ|nhà em có")
_COUNTED: Final = either("một|hai|đứa|bé|cháu|con|con gái|con trai")
_ENGLISH_PARENT: Final = either(
    "my son|my daughter|my kid|my kids|my grandson|my granddaughter|"
    "im a parent|im a teacher|i am a parent|i am a teacher"
)
_PARENT: Final = whole_words(
    "|".join(
        (
            rf"{_CHARGE} {_MINE}",
            rf"{_GROWN} {either('là')} (?:{either('một')} )?{_KIN}(?: {either('của|cháu|bé|một')})?",
            rf"{_GROWN} {either('là|đang là|làm')} (?:{either('một')} )?{_TEACHER}",
            rf"{_HAVE} (?:{_COUNTED} ){{1,3}}{either('con|gái|trai|cháu|bé|lớp|học|nhỏ')}",
            rf"{_KIN} {either('cháu|bé')} (?:{either('lớp')} \d+ )?{either('đây')}",
            _ENGLISH_PARENT,
        )
    )
)
_CHILD: Final = whole_words(
    either(
        "em là học sinh|con là học sinh|mình là học sinh|cháu là học sinh|em là trẻ em|em còn nhỏ|con còn nhỏ|"
        "im a student|i am a student|im a kid"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFacts:
    """What the writer said of themself; None where nothing was said."""

    band: Band | None = None
    role: Role | None = None


def stated_facts(text: str) -> StatedFacts:
    """Age band and role that the writer states of themself ("e lop 4", "con gái tôi").

    Teachers and carers count as "parent". "bạn em 9 tuổi" and "em gái con 5 tuổi" say nothing of the writer.
    """
    words = words_of(text)
    if _PARENT.search(words):
        return StatedFacts(band="adult", role="parent")
    age = _own(_AGE, _AGE_ALONE, words)
    grade = _own(_GRADE, _GRADE_ALONE, words)
    band = _tier(age, _TIERS) if age is not None else _tier(grade, _SCHOOL)
    if band is None:
        return StatedFacts(role="child" if _CHILD.search(words) else None)
    return StatedFacts(band=band, role="child")


def _own(inside: re.Pattern[str], alone: re.Pattern[str], words: str) -> int | None:
    """The number that the writer says of themself."""
    whole = alone.fullmatch(words)
    if whole is not None:
        return _number(whole["count"])
    for found in inside.finditer(words):
        if not _FOREIGN.search(words[: found.start()]):
            return _number(found["count"])
    return None


def _number(count: str) -> int | None:
    if count.isdigit():
        return int(count)
    return _NUMBER_WORDS.get(count)


def _tier(number: int | None, tiers: tuple[tuple[int, str], ...]) -> Band | None:
    if number is None or number < (_YOUNGEST if tiers is _TIERS else 1):
        return None
    for highest, band in tiers:
        if number <= highest:
            return band  # type: ignore[return-value]
    return None
