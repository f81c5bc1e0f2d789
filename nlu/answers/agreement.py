"""Reads the typed answer to a consent question. A yes is never guessed: in doubt the answer is not "yes"."""

import re
from typing import Final, Literal

from nlu.answers.phrases import PEOPLE, POLITE, SELF, either, made_of, whole_words, words_of
from nlu.normalise import normalise

Agreement = Literal["yes", "no", "conditional", "ambiguous", "other"]

_ACT: Final = either("gửi|gởi|chuyển|send")
_CORE: Final = "|".join(
    (
        either("đồng ý|đồng í|nhất trí|chấp nhận|cho phép|tán thành|agree|agreed|i agree|i consent|consent"),
        rf"(?:{either('muốn|cứ|nhờ')} )?{_ACT}(?: {either('đi|luôn|liền|giúp em|giùm em|it|them|cho')})?(?: {PEOPLE})?",
        rf"(?:{_ACT} )?{either('cho')} {PEOPLE} {either('đọc|xem|biết|coi')}",
        rf"{PEOPLE} (?:{either('cứ')} )?{either('đọc|xem|coi')} {either('đi')}",
        either("send it|go ahead and send|yes send it|you can send it|let them read|let her read"),
    )
)
_AROUND: Final = "|".join(
    (POLITE, PEOPLE, SELF, either("đi|cứ|được|điều đó|chuyện này|tin nhắn|cái này|để|to|that|this|it|with"))
)
_NAMED: Final = made_of(_CORE, _AROUND)
_PLAIN: Final = made_of(
    either("có|yes"), "|".join((either("dạ|vâng|ạ|thưa|em|con|cháu|please|dạ vâng"), either("cô|chị|ơi")))
)
_CORE_INSIDE: Final = whole_words(_CORE)
_ASSENT: Final = whole_words(f"{_CORE}|" + either("có|yes|được|ok|ừ|dạ|vâng|cũng được|sure|yeah|yep|thì được"))
_REFUSAL: Final = whole_words(
    either(
        "không|khỏi|thôi|đừng|=ứ|chưa|chẳng|=chả|đéo|éo|đếch|ko|k|hok|hông|hem|no|nope|nah|dont|"
        "do not|not|never|"
        "từ chối|hủy|cấm|stop|cancel|refuse|disagree|cant|wont|khồng|need not|mô có"
    )
)
_REFUSES_ACT: Final = whole_words(
    either("không|khỏi|đừng|chưa|chẳng|=chả|=ứ|dont|do not|not|no|thôi|hong")
    + r"(?: \S+){0,2}? "
    + either("gửi|gởi|đồng ý|muốn|cho|đọc|kể|cần|chuyển|send|want|agree|thích|dám|xem|coi")
)
_NO_MATTER: Final = whole_words(either("không sao|không sao đâu|được thôi|no problem|why not|chứ sao không"))
_CONDITION: Final = whole_words(
    either(
        "nhưng|nhưng mà|với điều kiện|miễn là|miễn sao|trừ|chỉ cần|nếu|nếu mà|if|but|unless|"
        "as long as|only if|"
        "mà đừng|mà không|mà phải|mà khoan|với lại đừng|chớ đừng|chứ đừng|khi nào|đợi|=chờ|=mai|=lát nữa"
    )
)
_KEEP_FROM: Final = whole_words(
    either("đừng|không được|cấm|dont|do not|không")
    + r"(?: \S+){0,2}? "
    + either("nói|cho|kể|mách|méc|báo|gọi|để|tell|let|call")
    + r"(?: \S+){0,3}? "
    + either("bố|mẹ|ba|má|bố mẹ|ba mẹ|ai|thầy|cô giáo|nhà|gia đình|biết|dad|mom|parents|anyone|người khác|ông|bà")
)
_HEDGE: Final = whole_words(
    either(
        "chắc|chắc là|có lẽ|hình như|tùy|tuỳ|sao cũng được|thế nào cũng được|thử|maybe|perhaps|"
        "i guess|probably|"
        "gì cũng được|cũng được|kệ|hay là|để xem|để em nghĩ|để nghĩ|không biết|biết đâu|whatever|"
        "dont know|suy nghĩ|"
        "có khi|có thể|lỡ|đùa|giỡn|xạo"
    )
)
_UNDECIDED: Final = whole_words(
    either(
        "không biết|chưa biết|không hiểu|chưa hiểu|không chắc|chưa chắc|không rõ|chưa rõ|ko biết|hông biết|k biết|"
        "chưa nghĩ ra|dont know|not sure|dont understand"
    )
)
_QUESTION: Final = re.compile(
    r"\?|(?<!\S)(?:"
    + either(
        "là sao|là gì|là ai|cái gì|gì|sao|ai|thế nào|=hả|=chi|what|why|who|where|how|đi đâu|cho đâu|"
        "được không|"
        "có không|không vậy|phải không|à|hay không|chưa vậy|đâu vậy|gửi đâu|đúng không|có phải"
    )
    + r")(?!\S)"
)
_LONG: Final = 10
_SHORT: Final = 3


def read_agreement(text: str) -> Agreement:
    """The answer that `text` gives to "may it be sent?".

    "yes" only where the agreement or the act is named and nothing else is said, or for a plain "có" or "yes".
    A refusal in any spelling wins over a yes. "conditional" is a yes with a condition, "ambiguous" a particle, a hedge,
    a question or an emoji, "other" a text about something else.
    """
    words = words_of(text)
    if not words:
        return "ambiguous"
    conditional = _with_condition(words)
    if conditional is not None:
        return conditional
    if _REFUSAL.search(words):
        return _refused(words, text)
    if _QUESTION.search(words) or "?" in text or _HEDGE.search(words):
        return "ambiguous"
    if "😂" in normalise(text).text:
        return "ambiguous"
    if _PLAIN.fullmatch(words) or _NAMED.fullmatch(words):
        return "yes"
    count = words.count(" ") + 1
    if _CORE_INSIDE.search(words) and count <= _LONG:
        return "ambiguous"
    return "ambiguous" if count <= _SHORT or (_ASSENT.match(words) and count <= _LONG) else "other"


def _refused(words: str, text: str) -> Agreement:
    """A refusal word stands outside any condition: never "yes"."""
    rest = _UNDECIDED.sub(" ", _NO_MATTER.sub(" ", words))
    if not _REFUSAL.search(rest):
        return "ambiguous"
    first = _REFUSAL.match(words) is not None
    asks = "?" in text or _QUESTION.search(words) is not None
    if asks and not first and not _REFUSES_ACT.search(words):
        return "ambiguous"
    if words.count(" ") >= _LONG and not first and not _REFUSES_ACT.search(words) and not _CORE_INSIDE.search(words):
        return "other"
    return "no"


def _with_condition(words: str) -> Agreement | None:
    """A yes that holds only under a condition, or a no that looks like one; None where nothing is conditional."""
    marker = _CONDITION.search(words) or _KEEP_FROM.search(words)
    if marker is None:
        return None
    head, tail = words[: marker.start()].strip(), words[marker.start() :]
    if head:
        if words.count(" ") >= _LONG and not _CORE_INSIDE.match(head) and not _ASSENT.match(head):
            return None
        if _REFUSAL.search(head) or not _ASSENT.search(head):
            return None
        return "no" if _withdrawn(tail) else "conditional"
    main = re.split(rf"(?<!\S){either('thì')}(?!\S)", tail, maxsplit=1)
    if len(main) == 1 or not _CONDITION.match(words):
        return None
    if _REFUSAL.search(main[1]):
        return "no"
    return "conditional" if _ASSENT.search(main[1]) else None


def _withdrawn(tail: str) -> bool:
    """After "nhưng" the yes itself is taken back ("đồng ý nhưng thôi", "ok nhưng em chưa muốn gửi")."""
    if _KEEP_FROM.search(tail):
        return False
    return _REFUSES_ACT.search(tail) is not None or re.search(rf"{either('thôi|khỏi|no')}$", tail) is not None
