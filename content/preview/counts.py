"""How long the texts of a piece are, beside what their readers can take."""

from collections.abc import Iterator
from dataclasses import dataclass

from content.lint.length import strictest
from content.lint.measure import sentences, words
from content.lint.passages import LIMITS, passages
from content.render import to_plain
from content.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Words of one text and of its longest sentence; `most` is None where the whole text has no limit."""

    line: int
    beginning: str
    reader: str
    words: int
    most: int | None
    longest: int
    most_in_sentence: int

    @property
    def is_over(self) -> bool:
        """Whether the linter refuses the text for its length."""
        return self.longest > self.most_in_sentence or (self.most is not None and self.words > self.most)


_BEGINNING = 32


def counts(tree: Tree) -> Iterator[Count]:
    """Measure every text of a piece, in the order in which it is written."""
    # A message has limits of its own, one for each wording.
    own = {
        (message.place.file, line): strictest(message, key)[0]
        for message in tree.messages
        for key, line in message.variants.lines.items()
    }
    for passage in passages(tree):
        if passage.audience is None:
            continue
        limit = LIMITS[passage.audience]
        card = limit.card if passage.kind in ("lesson", "advice") else None
        yield Count(
            line=passage.place.line,
            beginning=_beginning(passage.text),
            reader=passage.audience,
            words=words(passage.text),
            most=own.get((passage.place.file, passage.place.line), card),
            longest=max((words(sentence) for _, sentence in sentences(passage.text)), default=0),
            most_in_sentence=limit.sentence,
        )


def _beginning(text: str) -> str:
    plain = " ".join(to_plain(text).split())
    return plain if len(plain) <= _BEGINNING else f"{plain[:_BEGINNING].rstrip()}…"
