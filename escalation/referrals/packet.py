"""The packet: what goes to one receiver and nothing else, as a value; as a paper, as plain text, as JSON. Pure.

A field without a value is left out: nickname, area and phone stand in it only where the child agreed to each, and no
name is ever asked for. Nothing here sends anything: an officer does, by letter, telephone or an official system.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from escalation.documents.model import Document, Field, Section
from escalation.referrals.receivers import PACKET_FIELDS, PacketField, Receiver, Receivers

FORMAT = 1
_SHORT = 6
_LONG: tuple[PacketField, ...] = ("account", "request", "done_before")  # paragraphs of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """What goes, field by field, in the words of the database: a reader's language comes later."""

    values: tuple[tuple[PacketField, str], ...]

    def to_sealed(self) -> list[list[str]]:
        """Return the packet as JSON values for sealing."""
        return [[field, value] for field, value in self.values]

    @classmethod
    def from_sealed(cls, kept: Any) -> "Packet":
        """Return a packet that was kept as it was sent."""
        return cls(values=tuple((field, value) for field, value in kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The words around the values, in one language: labels, and what the database's words are called."""

    language: Literal["vi", "en"]
    title: str
    organisation: str
    footer: str
    labels: Mapping[str, str]
    named: Mapping[str, Mapping[str, str]]  # of urgency, harms, band, basis


def packet_of(receiver: Receiver, chosen: tuple[str, ...], facts: Mapping[PacketField, str]) -> Packet:
    """Take from the facts what this receiver may have, cleaned, and no more."""
    goes = receiver.goes(chosen)
    cleaned = ((field, clean(facts.get(field, ""))) for field in PACKET_FIELDS if field in goes)
    return Packet(values=tuple((field, value) for field, value in cleaned if value))


def clean(text: str) -> str:
    """Return a text without characters that nobody sees: controls, and marks that turn the direction of writing."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"}).strip()


def document_of(packet: Packet, frame: Frame, receivers: Receivers, made_at: str) -> Document:
    """Return the packet as a paper in the language of the frame."""
    lines = tuple(
        Field(label=frame.labels[field], value=_spoken(field, value, frame, receivers))
        for field, value in packet.values
        if field not in _LONG
    )
    long = tuple(
        Section(title=frame.labels[field], paragraphs=tuple(part for part in value.splitlines() if part.strip()))
        for field, value in packet.values
        if field in _LONG
    )
    head = Section(title=frame.labels["head"], fields=lines)
    return Document(
        title=frame.title,
        subtitle=f"{frame.organisation} · {made_at}",
        sections=(head, *long),
        footer=frame.footer,
        language=frame.language,
    )


def to_text(document: Document) -> str:
    """Return a paper as plain text: to be read out on the telephone, or pasted into an official system."""
    lines = [document.title.upper(), document.subtitle]
    for section in document.sections:
        lines += ["", section.title.upper()]
        lines += [f"{field.label}: {field.value}" for field in section.fields]
        lines += section.paragraphs
    return "\n".join([*lines, "", document.footer]) + "\n"


def to_json(packet: Packet, document: Document, made_at: datetime) -> str:
    """Return the packet for a machine: every field by its name, as the database has it."""
    values = {"title": document.title, "language": document.language, "fields": dict(packet.values)}
    return json.dumps({"khien_referral": FORMAT, "made_at": made_at.isoformat()} | values, ensure_ascii=False, indent=1)


def _spoken(field: PacketField, value: str, frame: Frame, receivers: Receivers) -> str:
    if field == "case":
        return value[:_SHORT].upper()
    if field == "receiver":
        return receivers[value].name[frame.language] if value in receivers else value
    if field == "sender":
        return f"{value}, {frame.organisation}"
    known = frame.named.get(field)
    return value if known is None else ", ".join(known.get(word, word) for word in value.split())
