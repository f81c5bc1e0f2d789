"""The timeline in words, for its page and for a printed file."""

from collections.abc import Iterable, Mapping
from typing import Any

from escalation.cases import CHILD
from escalation.desk import wording
from escalation.documents.model import Section
from escalation.timeline.folding import Entry
from escalation.trail import SYSTEM


def sentence(entry: Entry, names: Mapping[str, str]) -> str:
    """Return one entry as a sentence in the language of the request; what has no words of its own has its part's."""
    words = wording.words()
    kinds = words["timeline"]["kinds"]
    told = kinds.get(f"{entry.kind}_{entry.detail.get('item')}") or kinds.get(entry.kind)
    if told is None:
        part = entry.kind.split("_")[0]
        told = words["timeline"]["parts"].get(part, words["timeline"]["parts"]["other"])
    several = words["timeline"]["several"].format(count=entry.count) if entry.count > 1 else ""
    return str(told).format_map(_values(entry, names, words)) + several


def section(entries: Iterable[Entry], names: Mapping[str, str]) -> Section:
    """Return the timeline as a part of a document."""
    lines = (f"{wording.local(entry.at)}: {sentence(entry, names)}" for entry in entries)
    return Section(wording.words()["timeline"]["heading"], paragraphs=tuple(lines))


class _Known(dict[str, str]):
    """Values of a sentence; a sentence of a part that is not known here may name others."""

    def __missing__(self, key: str) -> str:
        return "?"


def _values(entry: Entry, names: Mapping[str, str], words: Mapping[str, Any]) -> _Known:
    detail = entry.detail
    to = str(detail.get("to", ""))
    return _Known(
        name=_who(entry.actor, names, words),
        to=names.get(to, "?"),
        item=_of(words["agreed_item"], detail.get("item")),
        decision=_of(words["decision"], detail.get("decision")),
        urgency=_of(words["urgency"], detail.get("urgency")),
        outcome=_of(words["case"]["outcomes"], detail.get("outcome")),
        task=_of(words["tasks"]["kinds"], detail.get("kind")),
    )


def _who(actor: str, names: Mapping[str, str], words: Mapping[str, Any]) -> str:
    if actor in (CHILD, SYSTEM):
        return str(words["timeline"]["actors"][actor])
    if actor.startswith("console:"):
        return str(words["timeline"]["actors"]["console"])
    return names.get(actor, "?")


def _of(known: Mapping[str, str], key: Any) -> str:
    return str(known.get(str(key), "?"))
