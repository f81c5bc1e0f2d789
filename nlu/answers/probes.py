"""Tells abuse of the program from talk with it: insults, "ignore your rules", and asking what somebody else wrote.

Read only after a disclosure was looked for, so that a real one inside an insult is heard. In doubt it is None.
"""

import re
from typing import Final, Literal

from nlu.answers.phrases import SELF, either, whole_words, words_of

Probe = Literal["insult", "override", "other_person"]

# --- what somebody else wrote --------------------------------------------------------------------------------------

_NO_NAME: Final = either(
    "có|đã|hay|từng|vừa|cũng|không|chưa|bị|muốn|thì|mà|đang|sẽ|được|phải|nói|nhắn|kể|viết|chat|hỏi|này|gì|biết|định"
)
_SOMEBODY: Final = (
    rf"(?:{either('nó|thằng bé|con bé|thằng nhỏ|con nhỏ|em ấy|bạn ấy|cậu ấy|cô bé|cậu bé|người khác|ai đó')}"
    rf"|{either('con gái|con trai|con|cháu|em|em gái|em trai|bạn|học sinh|học trò|đứa con')} "
    rf"{either('tôi|tui|mình|em|anh|chị|chị đây|của tôi|của mình|của em|nhà tôi|lớp tôi')}"
    rf"|{either('em|bé|bạn|cháu')} (?!{_NO_NAME} )\w{{1,12}}"
    rf"|{either('my|his|her')} {either('son|daughter|kid|child|friend|girlfriend|boyfriend|student|sister|brother')}"
    rf"|{either('she|he|they')})"
)
_WROTE: Final = either(
    "nhắn|nói|kể|viết|chat|hỏi|nhắn tin|tâm sự|khai|mách|wrote|write|said|say|tell|told|text|talked|talk"
)
_WHAT: Final = either("gì|những gì|cái gì|chuyện gì|gì với|gì không|gì chưa|gì ở đây|hay chưa|chưa|không|với bot")
_END: Final = (
    rf"(?: (?:{either('với|cho|ở|trong|vậy|thế|không|chưa|ạ|hả|nhỉ|à|bot|bạn|mày|đây|này|rồi|tôi|biết|nay|qua|nãy')}"
    rf"|{either('hôm|lúc|em|here|you|to|yet|today|in|about')}))*$"
)
_SHOW: Final = either("cho xem|cho tôi xem|cho mình xem|cho đọc|cho tôi đọc|đưa tôi xem|gửi tôi|cung cấp|mở ra xem")
_WORDS: Final = either("tin nhắn|đoạn chat|nội dung|lịch sử|cuộc trò chuyện|messages|chat|chats|conversation|history")
_DID_WRITE: Final = whole_words(
    rf"{_SOMEBODY} (?:\S+ )?(?:{either('có|đã|hay|từng|vừa')} )*{_WROTE}(?: \S+){{0,3}}? {_WHAT}{_END}"
    rf"|{either('what did|did|has|have|what has|what does')} {_SOMEBODY} (?:\S+ )?{_WROTE}"
    rf"|what {_SOMEBODY} {_WROTE}{_END}"
)
_SHOW_ME: Final = whole_words(
    rf"{_SHOW}(?: \S+){{0,4}}? (?:{_SOMEBODY}(?: \S+){{0,3}}? {_WROTE}|{_WORDS} (?:{either('của')} )?{_SOMEBODY})"
    rf"|{either('xem|đọc|coi')} {_WORDS} (?:{either('của')} )?{_SOMEBODY}"
    rf"|{either('show me|let me see|let me read|give me|read me')} (?:\S+ ){{0,2}}?"
    rf"(?:{_SOMEBODY}(?: \S+){{0,2}}? (?:{_WROTE}|{_WORDS})|what {_SOMEBODY} {_WROTE})"
)
_CAME_HERE: Final = whole_words(
    rf"{_SOMEBODY} (?:{either('có|đã|từng')} )*{either('vào đây|ở đây|dùng bot|nhắn cho bot|nhắn với bot|liên hệ 111')}"
    rf" (?:\S+ )?{either('không|chưa|bao giờ chưa')}"
)
# The writer's own matter: "mẹ em có nói gì không" is told, not asked of the program.
_ABOUT_ME: Final = whole_words(either("nói em|mắng|đánh|chửi|dọa|bắt em|với em|cho em biết|to me|at me"))

# --- its rules -----------------------------------------------------------------------------------------------------

_OVERRIDE: Final = whole_words(
    rf"{either('bỏ qua|quên|phớt lờ|lờ đi|vượt qua|xóa|tắt|phá|không cần theo|đừng theo')} (?:\S+ ){{0,3}}?"
    rf"{either('luật|quy tắc|quy định|hướng dẫn|chỉ dẫn|giới hạn|bộ lọc|lệnh')}"
    rf" (?:\S+ )?{either('của bạn|của mày|của bot|trước|trước đó|ở trên|hệ thống|đi|này|an toàn')}"
    rf"|{either('bỏ qua|quên')} {either('mọi|tất cả|hết')} (?:\S+ )?{either('luật|quy tắc|hướng dẫn|chỉ dẫn|lệnh')}"
    rf"|{either('ignore|forget|disregard|bypass|override')} (?:\S+ ){{0,4}}?"
    rf"{either('rules|rule|instructions|prompt|guidelines|filters')}"
    rf"|{either('system prompt|developer mode|dan mode|jailbreak|chế độ nhà phát triển|prompt hệ thống')}"
    rf"|{either('pretend|act as if|giả vờ|đóng vai')} (?:\S+ ){{0,6}}?"
    rf"{either('no rules|no limits|without rules|không có luật|không có giới hạn|không bị giới hạn')}"
)

# --- insults -------------------------------------------------------------------------------------------------------

_YOU: Final = either("mày|m|bot|con bot|nhím|khiên nhỏ|cái máy|máy|bạn|you|ur|this bot|chúng mày|tụi mày")
_RUDE: Final = either(
    "ngu|=ngu ngốc|=đồ ngu|óc chó|óc lợn|=khùng|=điên|=dở hơi|=dở ẹc|=vô dụng|=rác rưởi|=xàm|nhảm nhí|=ngáo|"
    "stupid|dumb|useless|trash|idiot|suck|sucks|shit"
)
_CURSE: Final = either(
    "=đm|=đmm|=dm|=dmm|=đcm|=vcl|=vkl|=clm|=cmm|địt|=đụ|fuck|fuck you|fuck off|shut up|câm đi|câm mồm|im mồm|"
    "cút|cút đi|=đồ ngu|=đồ khùng|=đồ điên|=đồ rác"
)
_AT_IT: Final = whole_words(
    rf"{_YOU} (?:(?:{either('là|quá|thật|đúng là|đồ|bị|sao|mà|are|is|so|so fucking|such a|a')}) ){{0,2}}{_RUDE}"
    rf"|{_RUDE} (?:{either('như|thế|vậy|quá')} )?{_YOU}"
)
# "Tụi nó chửi em mày ngu" is told, not said to the program.
_REPORTED: Final = whole_words(
    either("chửi|mắng|bảo|nói|kêu|gọi|trêu|nhắn|call|called|calls|says|said|told") + rf"|{SELF} {either('bị')}"
)
_LONGEST: Final = 12
"""Words: who says more than this tells something, and is answered to that."""
_AROUND: Final = either(
    "bot|mày|m|bạn|nhím|khiên nhỏ|đi|quá|vãi|vậy|à|nha|lắm|ơi|cái|con|đồ|thằng|ngu|điên|khùng|you|off|bitch|stupid|the"
)
_ONLY_CURSING: Final = re.compile(rf"(?:(?:{_AROUND}) )*(?:{_CURSE})(?: (?:{_CURSE}|{_AROUND}))*")


def read_probe(text: str) -> Probe | None:
    """Tell what kind of abuse of the program `text` is, or None."""
    words = words_of(text)
    if (_DID_WRITE.search(words) or _SHOW_ME.search(words) or _CAME_HERE.search(words)) and not _ABOUT_ME.search(words):
        return "other_person"
    if _OVERRIDE.search(words):
        return "override"
    short = words.count(" ") < _LONGEST and not _REPORTED.search(words)
    return "insult" if short and (_AT_IT.search(words) or _ONLY_CURSING.fullmatch(words)) else None
