"""Tells whether somebody says that they hurt a child themselves, a grown-up or another child; no model, no state."""

from typing import Final

from nlu.answers.phrases import either, whole_words, words_of

_HIT: Final = "đánh|tát|bạt tai|xô|đạp|đấm|đá|nhốt|cào|cắn|bóp cổ|giật tóc|hit|slapped|beat|hurt|punched|kicked|pushed"

# --- a grown-up ----------------------------------------------------------------------------------------------------

_ADMITS: Final = whole_words(
    # "của tôi bị ... đánh", "lớp tôi thấy ...": then somebody else did it.
    rf"(?<!{either('lớp')} )(?:{either('tôi|tui|vợ chồng tôi|i|we')})"
    rf"(?: (?!{either('bị|thấy|nghe|biết|con|cháu|nó|lo|sợ|hỏi')} )\S+){{0,3}} "
    + either("đánh|tát|bạt tai|quất|xô|đạp|nhốt|bỏ đói|trói|nặng tay|chửi|hit|slapped|beat|hurt|spanked")
    + r"(?: \S+){0,3}? "
    + either("con|cháu|bé|nó|thằng bé|con bé|đứa nhỏ|my son|my daughter|my child|my kid|him|her")
)

# --- a child -------------------------------------------------------------------------------------------------------

# "mẹ em đánh", "bạn của em đánh": then somebody else did it. Each is one word, for a look behind has one length.
_OWNERS: Final = (
    "bạn|chị|anh|bố|mẹ|ba|má|thầy|cô|lớp|của|ông|bà|dì|chú|bác|cậu|mợ|nhà|với|cho|thấy|nghe|bị|tụi|bọn|hai|nếu|"
    "đánh|ghét"
)
_NOT_AFTER: Final = "".join(f"(?<!{either(word)} )" for word in _OWNERS.split("|"))
_CHILD: Final = rf"{_NOT_AFTER}(?:{either('em|con|mình|cháu|tớ|tao|tui|tụi em|bọn em|tụi con|i|we')})"
_BETWEEN: Final = either(
    "bị|thấy|nghe|biết|không|chưa|chẳng|đâu|trai|gái|họ|út|ruột|lớn|sợ|muốn|định|tính|đừng|của|suýt|ghét|xem|"
    "dont|didnt|never|want|was|got|saw|will|wont|might|am|im"
)
_NO_BLOW: Final = either("nhau|bóng|cầu|cờ|bài|rank|răng|đàn|trống|giày|phấn|vần|dấu|thức|máy")
_PEER: Final = either(
    "em trai|em gái|em họ|em út|em của em|em của con|em mình|em em|em con|em nhỏ|em bé|đứa em|thằng em|con em|"
    "thằng bạn|con bạn|nhỏ bạn|bạn cùng lớp|bạn trong lớp|bạn ấy|bạn đó|bạn bè|các bạn|một bạn|bạn|nó|đứa bạn|bé|"
    "my brother|my little brother|my sister|my little sister|my friend|my classmate|a kid|a boy|a girl|a classmate|"
    "thằng nhỏ|him|her"
)
_DEED: Final = rf"{_CHILD}(?: (?!{_BETWEEN} )\S+){{0,3}}"
_HURT_A_PEER: Final = whole_words(
    rf"{_DEED} {either(_HIT)}(?: (?!{_NO_BLOW} )\S+){{0,2}}? {_PEER}"
    rf"|{_DEED} {either('bắt nạt|ăn hiếp|bully|bullied|tẩy chay')}(?: \S+){{0,2}}? {_PEER}"
)
# A fight, a game, play, and what others did to the writer: the ordinary words for these are the right ones.
_SOMETHING_ELSE: Final = whole_words(
    either(
        "game|liên quân|free fire|roblox|rank|cờ|cầu lông|bóng|trận|ván|phim|truyện|đánh lại|đánh nhau|giỡn chơi|"
        "chơi trò|đánh em trước|đánh con trước|đánh mình trước|hit me|hits me|beat me|beats me|hit back|in the game"
    )
    + rf"|{either('em|con|mình|cháu|tớ')} {either('bị|cũng bị|hay bị')}"
    + rf"|{either('bố|mẹ|ba|má|cha|dượng|thầy|cô|anh|chị|ông|bà|chú|bác')} (?:\S+ )?{either('đánh|tát|đập')}"
)


def admits_harm(text: str) -> bool:
    """Return whether the writer, an adult, says that they hit or hurt a child in their care."""
    return _ADMITS.search(words_of(text)) is not None


def hurt_another_child(text: str) -> bool:
    """Return whether the writer, a child, says that it hit, hurt or bullied a younger one or a peer."""
    words = words_of(text)
    return _HURT_A_PEER.search(words) is not None and _SOMETHING_ELSE.search(words) is None
