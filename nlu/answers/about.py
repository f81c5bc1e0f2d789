"""Reads the typed answer to the one gentle question: is it about you, a friend, a lesson, or will you not say?"""

from typing import Final, Literal

from nlu.answers.phrases import SELF, either, made_of, whole_words, words_of

About = Literal["me", "friend", "lesson", "nothing", "silent", "unclear"]

_ORDINARY: Final = either(
    "dạ|vâng|ừ|ạ|thì|là|chuyện|của|đó|á|về|cho|chính|đấy|chứ|ai|nữa|cô|chị|bạn ơi|thưa|mà|nha|nè|"
    "thôi|bản thân|luôn|ơi|nói|hỏi|đang|vậy"
)
_ME: Final = made_of(
    f"{SELF}|{either('me|myself|about me|its me|my story')}", f"{_ORDINARY}|{either('it is|its|about')}"
)
_ABOUT_ME: Final = whole_words(rf"{either('chuyện|việc|chính|là|về|của|bản thân')} {SELF}")
_FRIEND: Final = whole_words(
    either(
        "bạn em|bạn con|bạn mình|bạn cháu|bạn tớ|bạn tao|bạn thân|bạn cùng lớp|một người bạn|một bạn|"
        "người bạn|đứa bạn|bạn học|bạn của|"
        "em gái|em trai|chị gái|anh trai|chị em|anh em|em họ|chị họ|con bạn|thằng bạn|nhỏ bạn|"
        "bạn hàng xóm|em của em|friend|my friend|"
        "bạn trong lớp|đứa em|bạn ấy|bạn đó|người khác|của bạn|bạn bè|hàng xóm|con tôi|cháu tôi|"
        "học trò|bạn lớp"
    )
)
_LESSON: Final = whole_words(
    either(
        "bài học|bài tập|bài văn|làm văn|trong game|game|trong phim|phim|truyện|trong truyện|"
        "bài kiểm tra|lesson|homework|"
        "movie|trên lớp cô giáo|cô giáo cho|cô cho|cô dạy|bài vở|thuyết trình|môn|sách|trên tivi|"
        "trên mạng thấy|đọc báo|báo|tin tức|"
        "video|clip|hỏi cho biết|hỏi chơi|tìm hiểu|tò mò|bài thi|đề|học bài|kịch|tiểu phẩm"
    )
)
_NOTHING: Final = whole_words(
    either(
        "không có gì|không có gì đâu|không có chuyện gì|không gì|không gì đâu|chẳng có gì|chả có gì|"
        "không sao|không sao đâu|"
        "nói chơi|đùa thôi|đùa|giỡn|giỡn thôi|nói giỡn|nói đùa|chọc|nothing|just kidding|joke|"
        "kidding|nhầm|bấm nhầm|nói nhầm|"
        "không ai bị|không phải|không phải đâu|bình thường|vui thôi|không việc gì|hổng có gì"
    )
)
_SILENT: Final = whole_words(
    either(
        "không muốn nói|không muốn kể|khó nói|khó nói lắm|không dám nói|không dám kể|không nói được|"
        "ngại|ngại nói|bí mật|chưa muốn nói|"
        "chưa muốn kể|không kể được|không thể nói|không thể kể|thôi không nói|sợ không dám|xấu hổ|"
        "kể không được|nói không được|"
        "không biết nói sao|không biết kể sao|dont want to say|rather not|cant say|hard to say|"
        "không tiện|để sau|đừng hỏi|"
        "không muốn trả lời|chưa sẵn sàng|không nói đâu|ứ nói"
    )
)
_OWN_HURT: Final = whole_words(SELF + r"(?: \S+)? " + either("bị|buồn|sợ|khổ|mệt|đau"))


def read_about(text: str) -> About:
    """Whom or what `text` says the hint was about. "nothing" loses against every other reading; in doubt "unclear"."""
    words = words_of(text)
    if not words:
        return "unclear"
    if _SILENT.search(words):
        return "silent"
    friend = _FRIEND.search(words)
    if friend is None and (_ME.fullmatch(words) or _OWN_HURT.search(words)):
        return "me"
    if friend is not None and not _ABOUT_ME.search(words[: friend.start()]):
        return "friend"
    if _LESSON.search(words):
        return "lesson"
    if _NOTHING.search(words):
        return "nothing"
    return "me" if _ABOUT_ME.search(words) else "unclear"
