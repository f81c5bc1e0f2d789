"""Every code that the loader or the linter can print, and how its author mends it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A kind of problem. A warning is counted; an error keeps the content from being released."""

    level: Literal["error", "warning"]
    title: str
    advice: str


def _error(title: str, advice: str) -> Code:
    return Code(level="error", title=title, advice=advice)


def _warning(title: str, advice: str) -> Code:
    return Code(level="warning", title=title, advice=advice)


CODES: dict[str, Code] = {
    # KC0xx: the file cannot be loaded; the bot does not start.
    "KC001": _error("the file cannot be read", "save it as UTF-8 text"),
    "KC002": _error("the YAML cannot be read", "check indentation, colons and quotation marks near this line"),
    "KC003": _error("a field is missing, unknown or of the wrong kind", "correct the field"),
    "KC004": _error(
        "the front matter is not between two `---` lines",
        "begin the file with `---`, the fields, and `---`",
    ),
    "KC005": _error(
        "a card uses more than paragraphs, **bold**, lists and one heading",
        "write it with `## ` on the card's first line, `- `, `1. ` and `**` only",
    ),
    "KC006": _error("the id, topic or band differs from the path", "make the field and the path agree"),
    "KC007": _error("the same id or field stands twice", "rename or remove one of them"),
    "KC008": _error(
        "the {places} of a text are not exactly its params",
        "use every name in `params` in every text, and no other",
    ),
    "KC009": _error("a question has not exactly one correct option", "write `correct: true` at one option"),
    "KC010": _error("there is no text here", "write the text or remove the entry"),
    "KC011": _error(
        "the file is not where files of its kind stand",
        "use lessons/<topic>/<band>.md, lessons/<topic>/quiz.yml, advice/<topic>.md, messages/<name>.yml, "
        "search/words.yml or search/<topic>.yml",
    ),
    "KC012": _error("a button label is longer than 60 characters", "shorten it to at most 30 characters"),
    "KC013": _error(
        "a line of a places file is not in its form",
        "put tabs between the parts, as the head of the file says",
    ),
    "KC014": _error(
        "a places file names a code that is not there, or twice",
        "write units.tsv and former.tsv anew with content/places/recipe.py, or correct the line of aliases.tsv",
    ),
    # KC1xx: length.
    "KC101": _error("a sentence is too long for its readers", "make two sentences of it"),
    "KC102": _error("a card is too long for its readers", "shorten it or make two cards of it"),
    "KC103": _error("too many emoji for the youngest", "keep one"),
    "KC104": _error("a lesson has not 4 to 8 cards", "join or split cards: one idea a card"),
    "KC105": _error("a quiz has fewer than 6 questions for a band", "write more questions"),
    "KC106": _error("a message is longer than its max_words", "shorten it"),
    "KC107": _warning("a button label is longer than 30 characters", "shorten it: phones cut it off"),
    "KC108": _warning("a line ends inside a sentence", "write the paragraph on one line: chats keep line ends"),
    "KC109": _warning("a message is longer than a card and has no max_words", "shorten it or give max_words"),
    # KC2xx: words and numbers.
    "KC201": _error("forbidden words", "say it in other words"),
    "KC202": _error("a number that is not in the directory", "add it to directory.yml or remove it"),
    "KC203": _error("a number that nobody has verified", "call it, then fill in `verified` in directory.yml"),
    "KC204": _error("there is no directory of helplines", "write directory.yml"),
    "KC205": _error("a helpline is for a province that is not there", "use a code of two digits of places/units.tsv"),
    "KC206": _error(
        "a helpline is neither verified nor said to be hidden", "call it, or say in `hidden` why not shown"
    ),
    # KC3xx: what belongs together.
    "KC301": _error("the English is missing", "write it in the same file of the folder en"),
    "KC302": _error("a quiz or advice without a lesson", "write the lesson or remove this file"),
    "KC303": _error("a topic has no title", "add it to topics.yml"),
    "KC304": _error("some ages have no text", "add the ages that are missing, or one text for `child`"),
    "KC305": _error("a translation differs in params from the Vietnamese", "use the same params in both"),
    "KC306": _error("a topic is incomplete", "write what is missing"),
    "KC307": _warning("a topic has a title but no lesson", "write its lessons; until then it is not offered"),
    "KC308": _error("a translation of something that is not there", "write the Vietnamese first or remove this"),
    "KC311": _error("questions for a card that is not there", "name the card by its heading, as it stands in its file"),
    "KC320": _error("a topic has no cover or no badge", "draw them in content/pictures: its sign and its light"),
    "KC321": _error("a picture has no alternative text", "say in this file what the picture shows"),
    "KC322": _error("an alternative text of a picture that is not drawn", "correct the id or remove this"),
    "KC309": _error(
        "the path of a band has not every topic exactly once",
        "write each topic of topics.yml once for each band in path.yml, with the reason for its place",
    ),
    "KC310": _error(
        "a quiz has not one question marked `measure: pre` and one marked `measure: post`",
        "mark two questions on the same idea, the same two in every language",
    ),
    # KC4xx: who has read it.
    "KC401": _error("no second writer has read this", "let a second writer read it and fill in `second_read`"),
    "KC402": _warning(
        "no child-protection specialist has signed this",
        "ask a named specialist and fill in `specialist_review`",
    ),
}
