"""What the pages show, made ready for their templates."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import quote, urlencode

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from content.channels import CHANNELS, TELEGRAM_CAPTION, Bubble, Channel, bubbles, units
from content.errors import Problem
from content.preview.counts import counts
from content.preview.pieces import Kind, Piece, pieces, screens
from content.preview.shelf import View
from content.schema import AUDIENCES, SOURCE_LANGUAGE, Audience

FOLDER = Path(__file__).parent
KINDS: Mapping[Kind, str] = {"lesson": "Bài học", "quiz": "Câu đố", "advice": "Lời khuyên", "message": "Lời nhắn"}
READERS: Mapping[str, str] = {
    "6-10": "6-10 tuổi",
    "11-14": "11-14 tuổi",
    "15-17": "15-17 tuổi",
    "unknown": "chưa biết tuổi",
    "parent": "phụ huynh",
}
_LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_THEMES = {"auto": "theo máy", "light": "sáng", "dark": "tối"}
_WIDTHS = {"phone": "điện thoại", "desk": "máy tính"}
_CHANNELS = {
    "web": "Trang web",
    "telegram": "Telegram",
    "zalo_oa": "Zalo OA",
    "zalo_bot": "Zalo Bot",
    "messenger": "Messenger",
}
_DIGITS = re.compile(r"(?<![\w%₫+#@])([0-9]{3})(?![\w%₫+#@])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the author wants to see a text; unknown wishes are the first of their kind."""

    lang: str
    reader: str
    theme: str
    width: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wish":
        """Read the address."""
        theme, width = query.get("theme", ""), query.get("width", "")
        return cls(
            lang=query.get("lang", SOURCE_LANGUAGE),
            reader=query.get("reader", ""),
            theme=theme if theme in _THEMES else "auto",
            width=width if width in _WIDTHS else "phone",
        )

    def query(self, **changed: str) -> str:
        """Write the address that differs in `changed`."""
        kept = {"lang": self.lang, "reader": self.reader, "theme": self.theme, "width": self.width}
        return f"?{urlencode({name: value for name, value in (kept | changed).items() if value})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One screen on one channel: the messages it becomes and how near they come to the limits."""

    name: str
    line: int
    bubbles: tuple[Bubble, ...]
    fits_caption: bool
    longest: int
    """Characters of the longest message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One phone."""

    channel: Channel
    title: str
    limits: str
    shown: tuple[Shown, ...]


def render_index(view: View, wish: Wish) -> str:
    """Draw the list of everything that can be picked."""
    known = replace(wish, lang=wish.lang if wish.lang in view.tree.languages else SOURCE_LANGUAGE)
    return _page("index.html", view, known, sections=_sections(view, known))


def render_missing(view: View, wish: Wish, key: str) -> str:
    """Draw the page for a piece that is not there (any more, or not yet)."""
    return _page("missing.html", view, wish, key=key)


def render_piece(view: View, wish: Wish, kind: Kind, key: str) -> str | None:
    """Draw a piece as each channel shows it, with what is to mend; None where there is no such piece."""
    known = pieces(view.tree)
    languages = [lang for lang in _languages(view) if (kind, key, lang) in known]
    if not languages:
        return None
    lang = wish.lang if wish.lang in languages else languages[0]
    piece = known[kind, key, lang]
    reader: Audience = next((one for one in piece.audiences if one == wish.reader), piece.audiences[0])
    return _page(
        "piece.html",
        view,
        wish,
        piece=piece,
        reader=reader,
        languages=languages,
        frames=[_frame(view, piece, channel, reader) for channel in CHANNELS],
        problems=[problem for problem in view.problems if problem.place.file == piece.file],
        counts=list(counts(piece.alone())),
    )


def _languages(view: View) -> list[str]:
    return sorted(view.tree.languages, key=lambda lang: lang != SOURCE_LANGUAGE)


def _frame(view: View, piece: Piece, channel: Channel, reader: Audience) -> Frame:
    shown = []
    for screen in screens(view.content, piece, reader):
        sent = bubbles(channel, screen.text, screen.labels)
        longest = max((units(bubble.text) for bubble in sent), default=0)
        fits = units(screen.text) <= TELEGRAM_CAPTION
        shown.append(Shown(name=screen.name, line=screen.line, bubbles=sent, fits_caption=fits, longest=longest))
    return Frame(channel=channel, title=_CHANNELS[channel.name], limits=_limits(channel), shown=tuple(shown))


def _limits(channel: Channel) -> str:
    if channel.text is None:
        return "không giới hạn"
    if channel.name == "telegram":
        return f"{channel.text} ký tự một tin, {TELEGRAM_CAPTION} dưới ảnh"
    buttons = f"{channel.buttons} nút một tin" if channel.buttons else "không có nút, gõ số"
    return f"{channel.text} ký tự, {buttons}"


def _sections(view: View, wish: Wish) -> list[tuple[str, list[tuple[str, list[tuple[Piece, Counter[str]]]]]]]:
    found: dict[str, Counter[str]] = {}
    for problem in view.problems:
        found.setdefault(problem.place.file, Counter())[problem.level] += 1
    topics = [topic for topic in view.tree.topics if topic.lang == SOURCE_LANGUAGE]
    titles = {topic.id: topic.variants.texts for topic in topics}
    order = {topic.id: place for place, topic in enumerate(topics)}
    listed = [piece for piece in pieces(view.tree).values() if piece.lang == wish.lang]
    listed.sort(
        key=lambda piece: (order.get(piece.group, len(order)), piece.group, AUDIENCES.index(piece.audiences[0]))
    )
    sections = []
    for kind, title in KINDS.items():
        of_kind = [piece for piece in listed if piece.kind == kind]
        groups = [
            (
                titles.get(group, {}).get("all", group),
                [(piece, found.get(piece.file, Counter())) for piece in members],
            )
            for group, members in groupby(of_kind, key=lambda piece: piece.group)
        ]
        sections.append((title, groups))
    return sections


def _page(template: str, view: View, wish: Wish, **values: object) -> str:
    numbers = frozenset(helpline.number for helpline in view.content.helplines)
    levels = Counter(problem.level for problem in view.problems)
    broken = [
        (file, stands_in, [problem for problem in view.problems if problem.place.file == file])
        for file, stands_in in view.broken.items()
    ]
    return (
        _environment()
        .get_template(template)
        .render(
            wish=wish,
            version=view.version,
            broken=broken,
            levels=levels,
            numbers=numbers,
            languages_known=_languages(view),
            **values,
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("content.preview"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(said=said, in_vietnamese=in_vietnamese, quoted=_quoted, by_code=_by_code)
    made.globals.update(
        kinds=KINDS,
        readers=READERS,
        language_names=_LANGUAGES,
        themes=_THEMES,
        widths=_WIDTHS,
        caption=TELEGRAM_CAPTION,
    )
    return made


def said(text: str, numbers: frozenset[str]) -> list[tuple[str, str]]:
    """Cut a text into ("", words), ("number", a helpline) and ("big", a helpline alone on its line)."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        alone = line.strip() in numbers
        for place, part in enumerate(_DIGITS.split(line)):
            is_number = place % 2 == 1 and part in numbers
            found.append(("big" if is_number and alone else "number" if is_number else "", part))
    return [(kind, part) for kind, part in found if part]


def _quoted(key: str) -> str:
    return quote(key, safe="")


def _by_code(words: str) -> list[tuple[bool, str]]:
    """Cut words at their backticks into (whether it is typed as it stands, the part)."""
    return [(place % 2 == 1, part) for place, part in enumerate(words.split("`")) if part]


def in_vietnamese(problem: Problem) -> Mapping[str, str]:
    """Give what a code means and how to mend it, in the author's language."""
    return code_words()[problem.code]


@cache
def code_words() -> Mapping[str, Mapping[str, str]]:
    """Read what each code means in Vietnamese: `what` is wrong and how to `mend` it."""
    words: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "words" / "codes.vi.yml").read_text(encoding="utf-8"))
    return words
