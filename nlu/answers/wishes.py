"""Reads what a person wants of the hotline right after a talk: somebody else, or to complain; no model, no state.

"Cô ấy nói làm em buồn" may be about a teacher, so this is asked only where a talk with a counsellor has just ended.
"""

from typing import Final, Literal

from nlu.answers.phrases import SELF, either, whole_words, words_of

Wish = Literal["other", "complain"]

_THEM: Final = either(
    "cô|chú|chị|anh|bác|thầy|bạn|người|tư vấn viên|cô tư vấn|chú tư vấn|chị tư vấn|anh tư vấn|người tư vấn"
)
_OTHER: Final = whole_words(
    rf"{either('muốn|cho|xin|đổi|gặp|với|cần')} (?:\S+ ){{0,3}}?{_THEM} {either('khác')}"
    rf"|{either('không muốn|không thích|hết muốn')} (?:\S+ ){{0,3}}?(?:{either('với|gặp')} )?{_THEM} "
    rf"{either('này|đó|ấy|đấy|lúc nãy')} {either('nữa')}"
    rf"|{either('another counsellor|another counselor|different counsellor|different counselor')}"
    rf"|{either('talk to someone else|another person|somebody else')}"
)
_COMPLAIN: Final = whole_words(
    rf"{either('góp ý|phàn nàn|than phiền|khiếu nại|phản ánh|tố')} (?:\S+ ){{0,2}}?(?:{_THEM}|{either('111|tổng đài')})"
    rf"|{either('complain|complaint')}(?: {either('about')})?"
)
_SAD: Final = either("buồn|sợ|khóc|tủi|tủi thân|khó chịu|tổn thương|đau lòng|ngại")
_HURT: Final = whole_words(
    rf"{_THEM}(?: {either('ấy|đó|này|kia|đấy|ta|lúc nãy|hồi nãy|vừa rồi|tư vấn')})* (?:\S+ ){{0,4}}?"
    rf"{either('làm|khiến')} {SELF} (?:\S+ )?{_SAD}"
    rf"|{either('she|he|they')} (?:\S+ ){{0,2}}?made me (?:\S+ ){{0,2}}?{either('sad|cry|scared|bad|worse')}"
)


def read_wish(text: str) -> Wish | None:
    """Tell what `text`, typed right after a talk, asks of the hotline; None where it asks for nothing of the kind."""
    words = words_of(text)
    if _OTHER.search(words):
        return "other"
    return "complain" if _COMPLAIN.search(words) or _HURT.search(words) else None
