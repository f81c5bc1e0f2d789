"""The receivers a hotline may refer to: what each is for, what may go to it at most, how soon it should answer.

They are data. An operator copies `receivers.yml`, changes it and names the copy in a setting; a broken copy is
refused at the start with file, line and what to do. Which receivers there can be is fixed, because the child is asked
about each of them in written words of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from content.errors import ContentError
from content.marked_yaml import Marked, read_yaml
from escalation.referrals.errors import ReceiversError, Unreadable

ReceiverId = Literal["commune", "police", "health", "legal_aid", "social_work", "school"]
RECEIVERS: tuple[ReceiverId, ...] = get_args(ReceiverId)
PacketField = Literal[
    "case", "receiver", "sender", "basis", "urgency", "harms", "band", "nickname", "area", "phone",
    "account", "request", "done_before",
]  # fmt: skip
PACKET_FIELDS: tuple[PacketField, ...] = get_args(PacketField)
Hours = Annotated[int, Field(gt=0, le=24 * 366)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ReceiverId
    name: Annotated[dict[str, str], Field(min_length=2)]
    task: Annotated[dict[str, str], Field(min_length=2)]
    source: str
    always: list[PacketField]
    may: list[PacketField]
    send_within: tuple[Hours, Hours]
    answer_within: tuple[Hours, Hours]
    done_within: tuple[Hours, Hours]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """How long something may take: for an urgent referral, and for another."""

    urgent: timedelta
    other: timedelta

    def of(self, *, urgent: bool) -> timedelta:
        """Return the target for one referral."""
        return self.urgent if urgent else self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody outside the hotline who can be asked to help."""

    id: ReceiverId
    name: Mapping[str, str]  # by language
    task: Mapping[str, str]
    source: str
    always: tuple[PacketField, ...]
    may: tuple[PacketField, ...]
    send_within: Within
    answer_within: Within
    done_within: Within

    def chosen(self, wanted: frozenset[str]) -> tuple[PacketField, ...]:
        """Return the optional fields that were wanted, in the order of the packet; raises Unreadable for others."""
        if not wanted <= set(self.may):
            raise Unreadable("The packet for this receiver has no such field.")
        return tuple(field for field in PACKET_FIELDS if field in wanted)

    def goes(self, chosen: tuple[str, ...]) -> tuple[PacketField, ...]:
        """Return every field of a packet, in order: what always goes, and of the chosen ones what still may."""
        return tuple(
            field for field in PACKET_FIELDS if field in self.always or (field in chosen and field in self.may)
        )


class Receivers(dict[str, Receiver]):
    """The receivers of one hotline, by id, in the order of their file."""

    def named(self, receiver_id: str) -> Receiver:
        """Return one receiver; raises Unreadable for an id that this hotline has not."""
        if receiver_id not in self:
            raise Unreadable("There is no such receiver.")
        return self[receiver_id]


@cache
def our_receivers() -> Receivers:
    """Return the receivers that come with the product."""
    file = files("escalation.referrals").joinpath("receivers.yml")
    return read_receivers("receivers.yml", file.read_text(encoding="utf-8"))


def receivers_at(path: Path | None) -> Receivers:
    """Return the receivers of the operator's own file, or ours where none is named. Raises ReceiversError."""
    if path is None:
        return our_receivers()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        words = "cannot be read as UTF-8 text. Copy escalation/referrals/receivers.yml there and change the copy"
        raise ReceiversError(f"{path}: {words}.") from None
    return read_receivers(str(path), text)


def read_receivers(file: str, text: str) -> Receivers:
    """Read a file of receivers. Raises ReceiversError with file, line, what is wrong and how to mend it."""
    try:
        marked = read_yaml(file, text)
    except ContentError as error:
        raise ReceiversError(f"{error}. docs/referrals.md shows the form of the file.") from None
    if not isinstance(marked.data, list):
        raise ReceiversError(f"{file}:1: a list of receivers stands here. Begin each one with `- id:`.")
    found = Receivers()
    for index, item in enumerate(marked.data):
        receiver = _receiver(marked, index, item)
        if receiver.id in found:
            raise ReceiversError(
                f"{file}:{marked.line_of((index,))}: `{receiver.id}` stands twice. Take one of the two out."
            )
        found[receiver.id] = receiver
    return found


def _receiver(marked: Marked, index: int, item: object) -> Receiver:
    try:
        shape = _Shape.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        line = marked.line_of((index, *first["loc"]))
        where = ".".join(map(str, first["loc"])) or "the receiver"
        mend = "Compare it with escalation/referrals/receivers.yml"
        raise ReceiversError(f"{marked.file}:{line}: {where}: {first['msg']}. {mend}.") from None
    twice = set(shape.always) & set(shape.may)
    if twice:
        line = marked.line_of((index, "may"))
        words = f"{', '.join(sorted(twice))} stands in `always` and in `may`. Leave it in one of them"
        raise ReceiversError(f"{marked.file}:{line}: {words}.")
    return Receiver(
        id=shape.id,
        name=shape.name,
        task=shape.task,
        source=shape.source,
        always=tuple(shape.always),
        may=tuple(shape.may),
        send_within=_within(shape.send_within),
        answer_within=_within(shape.answer_within),
        done_within=_within(shape.done_within),
    )


def _within(hours: tuple[int, int]) -> Within:
    return Within(urgent=timedelta(hours=hours[0]), other=timedelta(hours=hours[1]))
