"""Reads the typed answer to "Bây giờ bạn có an toàn không?"."""

import re
from typing import Final, Literal

from nlu.answers.phrases import SELF, either, made_of, whole_words, words_of

Safety = Literal["safe", "unsafe", "unclear"]

_GOOD: Final = either("an toàn|ổn|bình yên|yên ổn|yên tâm|ok|okay|tốt|khỏe|bình thường|safe|fine|alright|không sao")
_NOT: Final = either("không|chưa|chẳng|chả|đâu có|hổng|not|isnt|im not|no|hết")
_AROUND: Final = "|".join(
    (
        SELF,
        either(
            "dạ|vâng|ừ|ạ|thưa|cô|chị|anh|rồi|đang|vẫn|thì|mà|nha|nhé|giờ|bây giờ|hiện tại|hiện giờ|"
            "lúc này|cũng|đã|lắm|nè|"
            "i|am|im|now|yes|yeah|đó|luôn|hoàn toàn|rất|đâu|bình thường|ở|trong phòng em|ở nhà bà|"
            "nhà bà|ngoại|nội|"
            "ở trường|ở nhà cô giáo|nhà bạn|với cô giáo|với bà|với mẹ|bên bà|đủ|không có gì|bạn|của bạn"
        ),
    )
)
_SAFE: Final = made_of(_GOOD, f"{_AROUND}|{either('có|cảm ơn')}")
_YES: Final = made_of(either("có|yes|yeah|yep|rồi"), _AROUND)
_NO_DANGER: Final = whole_words(
    either("không|hết|chẳng|no") + r"(?: có)?(?: \S+)? " + either("nguy hiểm|bị gì|sợ|đáng sợ|danger|việc gì|chuyện gì")
)
_REFUSED: Final = made_of(either("không|chưa|no|nope|nah|không có|chưa đâu|không hẳn"), _AROUND)
_NOT_GOOD: Final = whole_words(rf"{_NOT}(?: \S+)? (?:{_GOOD})")
_NO_MATTER: Final = whole_words(either("không sao|không sao đâu|không sao hết|không sao cả"))
_UNSURE: Final = whole_words(
    either(
        "chắc|có lẽ|hình như|tạm|tạm thời|không biết|chả biết|không rõ|chưa biết|không chắc|maybe|"
        "i dont know|dont know|hơi|vậy vậy"
    )
)
_DANGER: Final = whole_words(
    either(
        "nguy hiểm|đập cửa|phá cửa|gõ cửa|ngoài cửa|trước cửa|đạp cửa|ở ngoài|bên ngoài|đang ở đây|"
        "đứng đây|đang đứng|ở cạnh|"
        "bên cạnh em|sắp về|sắp tới|đang tới|đang đến|đang về|về tới|về rồi|mới về|vừa về|đuổi|rượt|"
        "đang trốn|trốn|núp|nhốt|khóa cửa|"
        "đang đánh|đánh|dọa|hăm|đang la|đang chửi|quát|say|=xỉn|say xỉn|"
        "=bo xin|=ba xin|=cha xin|=ong xin|=xin roi|lôi|kéo|giết|bắt em|bắt con|sợ|run|"
        "cứu|chảy máu|đau|"
        "theo dõi|đi theo|theo em|một mình ngoài đường|ngoài đường|muốn chết|không muốn sống|tự tử|"
        "biến mất|danger|help|"
        "scared|outside the door|hitting|hurt|tìm em|kiếm em|tìm con|kiếm con|vô phòng|vào phòng|"
        "không cho em ra|bị nhốt"
    )
)
_NEGATED_DANGER: Final = whole_words(
    either("không|hết|chẳng|chưa|not|no longer")
    + r"(?: \S+)? "
    + either("nguy hiểm|sợ|đau|đánh|trốn|say|dọa|scared|hurt|đuổi|bị đánh|ở đây")
)
# Afraid of what comes of telling, not of what is happening: asked again rather than taken for danger now.
_AFRAID_OF_TELLING: Final = re.compile(
    r"(?<!\S)(?:sợ|ngại|afraid|scared|worried)(?: (?:là|rằng|bị|my|that))* "
    + either(
        "mẹ|má|bố|ba|cha|ông|bà|anh|chị|cô|thầy|bạn bè|lớp|gia đình|ba mẹ|bố mẹ|mọi người|người ta|ai|"
        "mom|dad|parents|people|everyone"
    )
    + r"(?: (?:em|con|mình|sẽ|mà|will))* "
    + either("biết|biết được|buồn|find out|know|knows")
    + r"(?: (?:chuyện|chuyện này|được|lắm|á|ạ|thôi))*$"
)


def read_safety(text: str) -> Safety:
    """Whether `text` says that its writer is safe right now; a sign of danger outweighs every "yes"."""
    words = words_of(text)
    if not words:
        return "unclear"
    if _DANGER.search(_AFRAID_OF_TELLING.sub(" ", _NEGATED_DANGER.sub(" ", words))):
        return "unsafe"
    if _UNSURE.search(words):
        return "unclear"
    rest = _NO_MATTER.sub("ổn", words)
    if _NOT_GOOD.search(rest):
        return "unsafe"
    if _NO_DANGER.search(rest) or _NEGATED_DANGER.search(rest):
        return "unclear" if rest.startswith("có") else "safe"
    if _REFUSED.fullmatch(rest):
        return "unsafe"
    if "?" in text:
        return "unclear"
    if _SAFE.fullmatch(rest) or _YES.fullmatch(rest):
        return "safe"
    return "unclear"
