"""Inbox rows become events: a burst of messages is read as one text, a quick exit wins over all before it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.events import Attached, Event, Noticed, Pressed, Rang, Said
from nlu.answers import read_exit
from store.inbox import DESK, TIMER, Incoming


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message inside a burst: its number and where its text begins in the joined text."""

    seq: int
    start: int
    text: str
    message_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event with the messages it is made of."""

    event: Event
    parts: tuple[Part, ...] = ()


def steps_of(batch: Sequence[Incoming]) -> tuple[Step, ...]:
    """Return the events of a claimed batch, in order."""
    if batch and batch[0].kind == TIMER:
        return (Step(event=Rang(seq=batch[0].seq, name=batch[0].body["name"])),)
    if batch and batch[0].kind == DESK:
        return (Step(event=_notice(batch[0])),)
    last_exit = _last_exit(batch)
    if last_exit is None:
        return _messages(batch)
    # What came before the exit is not read; its ids stay with the exit, so that it is deleted from the screen too.
    dropped = tuple(
        Part(seq=row.seq, start=0, text="", message_id=row.body.get("message_id")) for row in batch[:last_exit]
    )
    leaving = _messages(batch[last_exit : last_exit + 1])[0]
    return (replace(leaving, parts=(*dropped, *leaving.parts)), *_messages(batch[last_exit + 1 :]))


def _last_exit(batch: Sequence[Incoming]) -> int | None:
    for index in range(len(batch) - 1, -1, -1):
        if is_exit(batch[index]):
            return index
    return None


def asks_to_leave(choice: str | None, text: str | None) -> bool:
    """Tell whether a message is a quick exit, pressed or typed."""
    return choice == "exit" or read_exit(text or "")


def is_exit(incoming: Incoming) -> bool:
    """Tell the same of an inbox row."""
    return asks_to_leave(incoming.body.get("choice"), incoming.body.get("text"))


def _messages(batch: Sequence[Incoming]) -> tuple[Step, ...]:
    steps: list[Step] = []
    texts: list[Incoming] = []
    for incoming in batch:
        body = incoming.body
        if body.get("text") is not None and not body.get("edited"):
            texts.append(incoming)
            continue
        steps += _said(texts)
        texts = []
        step = _single(incoming)
        if not steps or not _same_press(steps[-1].event, step.event):
            steps.append(step)
    return (*steps, *_said(texts))


def _said(texts: Sequence[Incoming]) -> list[Step]:
    if not texts:
        return []
    parts: list[Part] = []
    start = 0
    for incoming in texts:
        text = incoming.body["text"]
        parts.append(Part(seq=incoming.seq, start=start, text=text, message_id=incoming.body.get("message_id")))
        start += len(text) + 1
    joined = "\n".join(part.text for part in parts)
    return [Step(event=Said(seq=parts[-1].seq, first_seq=parts[0].seq, text=joined), parts=tuple(parts))]


def _single(incoming: Incoming) -> Step:
    body = incoming.body
    message_id = body.get("message_id")
    if body.get("choice") is not None:
        part = Part(seq=incoming.seq, start=0, text="", message_id=message_id)
        return Step(event=Pressed(seq=incoming.seq, choice=body["choice"]), parts=(part,))
    if body.get("attachment") is not None:
        part = Part(seq=incoming.seq, start=0, text="", message_id=message_id)
        return Step(event=Attached(seq=incoming.seq, kind=body["attachment"]), parts=(part,))
    part = Part(seq=incoming.seq, start=0, text=body["text"], message_id=message_id)
    said = Said(seq=incoming.seq, first_seq=incoming.seq, text=body["text"], edited=True)
    return Step(event=said, parts=(part,))


def _same_press(one: Event, other: Event) -> bool:
    """Tell whether a button was only pressed twice in the same breath."""
    return isinstance(one, Pressed) and isinstance(other, Pressed) and one.choice == other.choice


def _notice(incoming: Incoming) -> Noticed:
    body: dict[str, Any] = incoming.body
    return Noticed(
        seq=incoming.seq,
        case_id=body["case"],
        event=body["event"],
        name=body.get("name", ""),
        before=body.get("before", ""),
        text=body.get("text", ""),
        follow_up=body.get("follow_up", False),
        referral=body.get("referral", ""),
        about=body.get("about", ""),
    )
