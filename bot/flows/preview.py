"""What 111 will see, before the yes, and the right to leave lines out: a choice beside the question, never a step.

A preview and what is chosen in it stay out of the transcript, and so out of the case. The words shown are the person's
own, so every message is protected like the others around it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.effects import Choice, Say
from bot.events import Said
from bot.moment import Moment, Turn
from bot.state import Matter, State
from bot.story import Line, own_lines, with_answers
from content.channels import ZALO_OA, bubbles
from nlu.answers import read_leaving_out

SHOW = "preview"
LEAVE = "leave."
ALL_BACK = "leave.none"
_BUTTONS = 6  # more lines than that are left out by typing: their buttons would be a wall
_BOT_LETTERS = 60  # of what the bot said: the person knows it, it is there for the order


def wants(choice: str | None, text: str) -> bool:
    """Tell whether somebody asks to see, or to change, what 111 will see; the turn then needs the lines."""
    if choice is not None:
        return choice == SHOW or choice.startswith(LEAVE)
    return read_leaving_out(text) is not None


def answer(moment: Moment) -> Turn | None:
    """Show what would be shared now, after leaving out what was asked for; None for any other answer."""
    matter = moment.state.matter
    if matter is None or moment.state.passed_on or not wants(moment.choice, moment.text):
        return None  # what was passed on in an emergency is with 111 already: nothing can be taken out of it
    own = own_lines(moment.lines)
    # Nothing is left out of a list that was not shown: a button of an older one may lie about.
    numbers = _numbers(moment) if matter.previewed else ()
    known = [number for number in numbers if 1 <= number <= len(own)]
    chosen = {own[number - 1].seq for number in known}
    kept_out = () if moment.choice == ALL_BACK else (*matter.left_out, *chosen)
    matter = replace(matter, previewed=True, left_out=with_answers(moment.lines, kept_out))
    state = replace(moment.state, matter=matter)
    unknown = (_said(moment, state, "preview.no_such"),) if len(known) < len(numbers) else ()
    return Turn(state=state, effects=(*unknown, *_pages(moment, state, matter)), private=True)


def choices(moment: Moment, state: State, around: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return the answers to the question below the list: those of the question, and a button for each line."""
    matter = state.matter
    own = own_lines(moment.lines)
    gone = matter.left_out if matter is not None else ()
    leave = [
        Choice(id=f"{LEAVE}{number}", label=_words(moment, state, "preview.leave", number=number), number=number)
        for number, line in enumerate(own, start=1)
        if line.seq not in gone and len(own) <= _BUTTONS
    ]
    back = moment.offer(state, (ALL_BACK,)) if any(line.seq in gone for line in own) else ()
    *before, leaving = (choice for choice in around if choice.id != SHOW)
    return (*before, *leave, *back, leaving)


def _numbers(moment: Moment) -> tuple[int, ...]:
    """Return the numbers asked for, pressed or typed."""
    if moment.choice is None:
        return read_leaving_out(moment.text) or () if isinstance(moment.event, Said) else ()
    number = moment.choice.removeprefix(LEAVE)
    return (int(number),) if moment.choice != SHOW and number.isascii() and number.isdecimal() else ()


def _pages(moment: Moment, state: State, matter: Matter) -> tuple[Say, ...]:
    own = own_lines(moment.lines)
    if not own:
        return (_said(moment, state, "preview.empty"),)
    text = _words(moment, state, "preview.lines", lines="\n".join(_listed(moment, state, matter)))
    if all(line.seq in matter.left_out for line in own):
        text = f"{text}\n{_words(moment, state, 'preview.nothing')}"
    # Zalo's limit is the smallest of all, so that every channel takes every part.
    return tuple(Say(message_id="preview.lines", text=part.text, protect=True) for part in bubbles(ZALO_OA, text))


def _listed(moment: Moment, state: State, matter: Matter) -> Iterator[str]:
    """Yield each line as it is shown: the own ones numbered, the bot's only begun, what is left out only named."""
    number = 0
    for line in moment.lines:
        if line.own:
            number += 1
            gone = line.seq in matter.left_out
            yield f"{number}. {_words(moment, state, 'preview.left') if gone else line.text}"
        elif line.seq not in matter.left_out:
            yield _words(moment, state, "preview.bot", begun=_begun(line))


def _begun(line: Line) -> str:
    first = line.text.strip().split("\n", maxsplit=1)[0]
    return (
        first
        if first == line.text.strip() and len(first) <= _BOT_LETTERS
        else f"{first[:_BOT_LETTERS].rstrip(' .,:;')}…"
    )


def _said(moment: Moment, state: State, message_id: str, **params: Any) -> Say:
    return moment.say(state, message_id, protect=True, **params)


def _words(moment: Moment, state: State, message_id: str, **params: Any) -> str:
    return _said(moment, state, message_id, **params).text
