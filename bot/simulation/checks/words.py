"""Never 4 and 6: what the bot says was written by somebody, asks for no picture and promises no secrecy."""

import re

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening, Said
from bot.state import State
from content.library import CONTENT_FOLDER
from content.render import to_plain
from content.schema import Advice, Lesson
from content.tree import Tree, read_tree

PICTURES = ("gửi ảnh cho mình", "gửi hình cho mình", "chụp ảnh cho", "send me a picture", "send me a photo")
SECRECY = ("giữ bí mật cho bạn", "mình sẽ giữ bí mật", "hứa giữ kín", "keep it a secret", "keep your secret")
OWN_WORDS = {"preview.lines"}
"""Below its first line such a message, in one bubble or several, shows the person what it said itself."""
_PARENTS = re.compile(r"\b(?:bố|mẹ|ba má|cha mẹ|phụ huynh|your (?:mother|father|parents))\b", re.IGNORECASE)
_PLACE = re.compile(r"\{[a-z][a-z0-9_]*\}")
_NUMBERS = re.compile(r"1\d\d(?: · 1\d\d)*")
_COUNTED = re.compile(r"(.*) \(\d+/\d+\)|\d+(?:/\d+)?\. (.*)")


class Words:
    """Every line of the content, as it may stand in a message."""

    def __init__(self, tree: Tree) -> None:
        self._lines = {line for text in _texts(tree) for line in text.splitlines()}
        self._patterns: dict[str, re.Pattern[str]] = {}
        for message in tree.messages:
            for text in message.variants.texts.values():
                self._add(message.id, text)
        self._known: set[tuple[str, str]] = set()

    @classmethod
    def load(cls) -> "Words":
        """Read the content files."""
        return cls(read_tree(CONTENT_FOLDER))

    def _add(self, message_id: str, text: str) -> None:
        group = _group(message_id)
        for line in text.splitlines():
            literal = _PLACE.sub("", line)
            if literal == line or not literal.strip(" .:!?"):
                continue
            pattern = "(?s:.*?)".join(re.escape(piece) for piece in _PLACE.split(line))
            known = self._patterns.get(group)
            self._patterns[group] = re.compile(pattern if known is None else f"{known.pattern}|{pattern}")

    def check(self, happening: Happening) -> None:
        """Check everything that was said."""
        before: Said | None = None
        for said in happening.said:
            if said.name is None:
                _check_harmless(said, happening.after[said.phone])
                if not _goes_on(before, said):
                    self._check_written(said)
            before = said

    def _check_written(self, said: Said) -> None:
        if (said.message_id, said.text) in self._known:
            return
        lines = said.text.splitlines()
        for line in lines[:1] if said.message_id in OWN_WORDS else lines:
            if not self._is_written(said.message_id, line):
                words = f"{said.message_id} says {line!r}, which stands in no content file"
                raise Broken("never_6_not_written", words, said.phone)
        self._known.add((said.message_id, said.text))

    def _is_written(self, message_id: str, line: str) -> bool:
        counted = _COUNTED.fullmatch(line)
        bare = next((group for group in counted.groups() if group), "") if counted else line
        if line in self._lines or bare in self._lines or _NUMBERS.fullmatch(line):
            return True
        pattern = self._patterns.get(_group(message_id))
        return pattern is not None and pattern.fullmatch(line) is not None


def _goes_on(before: Said | None, said: Said) -> bool:
    """Tell whether a bubble goes on with the person's own words, which were too long for the bubble before it."""
    if before is None or said.message_id not in OWN_WORDS:
        return False
    return (before.phone, before.message_id) == (said.phone, said.message_id)


def _group(message_id: str) -> str:
    return message_id.partition(".")[0]


def _texts(tree: Tree) -> list[str]:
    texts = [text for message in tree.messages for text in message.variants.texts.values()]
    texts += [text for title in tree.topics for text in title.variants.texts.values()]
    every: list[Lesson | Advice] = [*tree.lessons, *tree.advice]
    for pages in every:
        texts += [pages.title, *(to_plain(card.text) for card in pages.cards)]
    for quiz in tree.quizzes:
        for question in quiz.questions:
            texts += [question.question]
            texts += [text for option in question.options for text in (option.text, option.why)]
    return ["", *texts]


def _check_harmless(said: Said, state: State) -> None:
    text = said.text.casefold()
    found = [piece for piece in (*PICTURES, *SECRECY) if piece in text]
    if found:
        raise Broken("never_4_pictures_or_secrecy", f"{said.message_id} holds {found[0]!r}", said.phone)
    if said.message_id.startswith("disclosure.") and state.person == "child" and _PARENTS.search(text):
        words = f"{said.message_id} names a parent in answer to a disclosure"
        raise Broken("never_4_pictures_or_secrecy", words, said.phone)
