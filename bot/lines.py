"""What of a message becomes a line of the transcript, and whether the line belongs to a case."""

from collections.abc import Callable
from typing import Any

from bot.batch import Part, Step
from bot.effects import Reading
from bot.events import Attached, Pressed, Said
from bot.masking import masks
from bot.state import State


def body_of(step: Step, part: Part, reading: Reading | None, label: Callable[[str], str]) -> dict[str, Any]:
    """Return what is kept of one message, with the spans that raised the alarm and the spans to mask.

    `label` gives a choice in the person's words.
    """
    event = step.event
    if isinstance(event, Pressed):
        # Words before a quick exit in the same breath are not kept; only the messenger's ids, for deleting.
        return {"text": label(event.choice) if part.seq == event.seq else ""}
    if isinstance(event, Attached):
        return {"text": f"[{event.kind}]"}
    body: dict[str, Any] = {"text": part.text}
    if isinstance(event, Said) and reading is not None:
        end = part.start + len(part.text)
        body["evidence"] = [
            (max(span.start, part.start) - part.start, min(span.end, end) - part.start)
            for span in reading.alone.evidence
            if span.start < end and span.end > part.start
        ]
        inside = [
            (start - part.start, stop - part.start, item)
            for start, stop, item in masks(event.text)
            if start >= part.start and stop <= end
        ]
        body["masks"] = inside
    return body


def case_in_view(state: State) -> str | None:
    """Return the open case that hears what is said now; its id is empty while it is only being opened."""
    return state.contact.case_id or None if state.contact is not None and state.shares else None
