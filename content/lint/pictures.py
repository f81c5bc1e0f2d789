"""Every topic has its pictures, and every picture its words in both languages (KC320 to KC322)."""

from collections.abc import Iterator

from content.errors import Place, Problem
from content.lint.translations import REQUIRED
from content.pictures.catalogue import DRAWINGS
from content.schema import CERTIFICATE, SOURCE_LANGUAGE
from content.tree import Tree


def pictures(tree: Tree) -> Iterator[Problem]:
    """Compare topics, drawings and alternative texts."""
    needed = [CERTIFICATE, *(name for name in DRAWINGS if name.startswith("mascot."))]
    for topic in tree.topics:
        if topic.lang != SOURCE_LANGUAGE:
            continue
        for name in (f"cover.{topic.id}", f"badge.{topic.id}"):
            if name in DRAWINGS:
                needed.append(name)
            else:
                yield Problem(place=topic.place, code="KC320", message=f"there is no {name}")
    for lang in (SOURCE_LANGUAGE, REQUIRED):
        described = {words.id for words in tree.pictures if words.lang == lang}
        place = Place(file=f"{tree.name}/{lang}/pictures.yml", line=1)
        for name in needed:
            if name not in described:
                yield Problem(place=place, code="KC321", message=f"{name} has no words")
    for words in tree.pictures:
        if words.id not in DRAWINGS and words.id != CERTIFICATE:
            yield Problem(place=words.place, code="KC322", message=f"there is no picture {words.id}")
