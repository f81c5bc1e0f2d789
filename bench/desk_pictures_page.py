"""The page that shows the pictures of the desk, by whose pages they are."""

from collections.abc import Mapping
from pathlib import Path

from tests.escalation.sights import CONTRASTED, Sight

PAGE = Path(__file__).parent.parent / "docs" / "desk-pages.md"
_HEAD = """# The desk, page by page

Everybody and everything in these pictures is made up. `python -m bench.desk_pictures` takes them and writes this page,
from the table `tests/escalation/sights.yml`; what each page must hold is tried by
`tests/escalation/test_every_page_browser.py`. Office screen by day; behind the links the same by night, and on a phone.
"""
_TITLES = {
    "door": "Before the door",
    "counsellor": "Counsellor",
    "supervisor": "Supervisor",
    "others": "Coordinator, admin, auditor, analyst, and through the glass",
}


def page_of(sights: Mapping[str, tuple[Sight, ...]]) -> str:
    """Return the page."""
    parts = [_HEAD]
    for group, ones in sights.items():
        parts += [f"## {_TITLES[group]}\n", *(_shown(one) for one in ones)]
    return "\n".join(parts)


def _shown(sight: Sight) -> str:
    more = ["dark", "phone-light", "phone-dark"]
    if sight.name in CONTRASTED:
        more += ["contrast-light", "contrast-dark", "english"]
    links = " · ".join(f"[{look.replace('-', ' ')}]({_file(sight, look)})" for look in more)
    return f"**{sight.name}**: {sight.says}. {links}\n\n![{sight.says}]({_file(sight, 'light')})\n"


def _file(sight: Sight, look: str) -> str:
    return f"pictures/desk/{sight.name}-{look}.webp"
