"""The privacy notice at /privacy: a plain page without scripts, one reading for a child's age and one for adults."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, get_args

from aiohttp import web

from bot.state import Language
from content.library import Content
from content.markdown import Block, blocks
from content.schema import BANDS, Audience, Band

PATH = "/privacy"
TALK_DAYS = 30
# Of the page itself; what it tells is written in content/<language>/messages/notice.yml.
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "vi": {
        "title": "Riêng tư",
        "child": "Bản cho các bạn",
        "adult": "Bản cho người lớn",
        "ages": "Bạn bao nhiêu tuổi?",
        "other": "English",
        "exit": "Thoát nhanh",
        "back": "Về trang trò chuyện",
        "call": "Cần giúp ngay? Gọi 111",
    },
    "en": {
        "title": "Privacy",
        "child": "For children",
        "adult": "For adults",
        "ages": "How old are you?",
        "other": "Tiếng Việt",
        "exit": "Quick exit",
        "back": "Back to the chat",
        "call": "Need help now? Call 111",
    },
}


def privacy_handler(content: Content, *, case_years: int, vital_interest: bool) -> Any:
    """Return the handler of GET /privacy; `?lang=en` and `?age=11-14` choose what is shown first."""

    async def handler(request: web.Request) -> web.Response:
        lang: Language = "en" if request.query.get("lang") == "en" else "vi"
        band: Band = next((band for band in BANDS if band == request.query.get("age")), BANDS[0])
        page = privacy_page(content, lang, band, case_years=case_years, vital_interest=vital_interest)
        return web.Response(text=page, content_type="text/html")

    return handler


def privacy_page(content: Content, lang: Language, band: Band, *, case_years: int, vital_interest: bool = False) -> str:
    """Write the page; with `vital_interest` it says that an emergency is passed on without a yes.

    The tab's title is as harmless as the chat's: who looks over a shoulder learns nothing.
    """
    words = _WORDS[lang]
    who = "notice.who_vital" if vital_interest else "notice.who"
    other = next(language for language in get_args(Language) if language != lang)
    ages = " ".join(_age(lang, each, chosen=each == band) for each in BANDS)
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<title>Góc học tập</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="/chat/static/icon.svg">
<link rel="stylesheet" href="/chat/static/privacy.css">
</head>
<body>
<header>
<h1>{words["title"]}</h1>
<a class="exit" href="/chat/static/study.html">{words["exit"]}</a>
</header>
<main>
<section aria-labelledby="child">
<h2 id="child">{words["child"]}</h2>
<nav aria-label="{words["ages"]}"><span>{words["ages"]}</span> {ages}</nav>
{_reading(content, lang, band, who, case_years)}
</section>
<section aria-labelledby="adult">
<h2 id="adult">{words["adult"]}</h2>
{_reading(content, lang, "parent", who, case_years)}
</section>
</main>
<footer>
<a class="help" href="tel:111">{words["call"]}</a>
<a href="/">{words["back"]}</a>
<a href="{PATH}?lang={other}&amp;age={band}" hreflang="{other}" lang="{other}">{words["other"]}</a>
</footer>
</body>
</html>
"""


def _age(lang: Language, band: Band, *, chosen: bool) -> str:
    current = ' aria-current="true"' if chosen else ""
    return f'<a href="{PATH}?lang={lang}&amp;age={band}"{current}>{band.replace("-", "–")}</a>'


def _reading(content: Content, lang: Language, audience: Audience, who: str, case_years: int) -> str:
    parts = (
        content.say(who, audience, lang),
        content.say("notice.kept", audience, lang, days=TALK_DAYS, years=case_years),
        content.say("notice.rights", audience, lang),
    )
    return "\n".join(line for part in parts for line in _part(part))


def _part(text: str) -> Iterator[str]:
    heading, _, rest = text.strip().partition("\n")
    yield f"<h3>{escape(heading)}</h3>"
    for block in blocks(rest):
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if block.kind == "bullets":
        yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in block.lines)}</ul>"
    else:
        yield from (f"<p>{escape(line)}</p>" for line in block.lines)
