"""Choices by number, where a messenger has no buttons or too few: what was numbered last, and a number that is typed.

A typed number is a press: it is not heard as words, and a burst is read accordingly. The numbers go on behind those
that stand in the words already (the options of a quiz, the lines of a preview), so that one number never means two
things. They count until the next words of ours: an older list is not answered by accident.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from unicodedata import normalize

from bot.effects import Effect, Say
from bot.events import Noticed, Rang
from bot.flows.contact import talking
from bot.moment import Moment, Turn
from bot.state import Listed
from content.channels import is_listed, numbers_of
from store.inbox import MESSAGE, Incoming

_IN_THE_WORDS = re.compile(r"^[ \t]*([0-9]{1,2})[.)] ", re.MULTILINE)
_KEYCAP = re.compile("[\ufe0f\u20e3]")
_TYPED = re.compile(
    r"(?:số|so|chọn|chon|câu|cau|mục|muc|ý|number|no\.?|option)?\s*\(?([0-9]{1,2})\)?[\s.)!]*(?:ạ|nha|nhé|nhe|đi|á)?[\s.!]*"
)


def with_numbers(moment: Moment, result: Turn) -> Turn:
    """Number the choices of a turn that do not all fit as buttons, and remember which number is which.

    While a counsellor is there a bare number is said to them: nothing is numbered, and their words bear no list.
    """
    spoken = [effect for effect in result.effects if isinstance(effect, Say)]
    if not spoken:
        forgets = not isinstance(moment.event, Rang | Noticed) and result.state.listed
        return replace(result, state=replace(result.state, listed=())) if forgets else result
    taken = max((int(number) for say in spoken for number in _IN_THE_WORDS.findall(say.text)), default=0)
    talks = talking(result.state, moment.now)
    listed: dict[int, str] = {}
    effects: list[Effect] = []
    for effect in result.effects:
        if isinstance(effect, Say):
            said = _said(moment, effect, taken, talks=talks)
            listed |= {choice.number: choice.id for choice in said.choices if choice.number is not None}
            taken = max([taken, *listed])
            effects.append(said)
        else:
            effects.append(effect)
    return replace(result, effects=tuple(effects), state=replace(result.state, listed=tuple(sorted(listed.items()))))


def as_presses(batch: Sequence[Incoming], listed: Listed) -> tuple[Incoming, ...]:
    """Return a burst with each bare number ("2", "số 2 ạ") of the list shown last as the choice it stands for."""
    return tuple(_as_press(row, dict(listed)) for row in batch)


def _as_press(row: Incoming, listed: Mapping[int, str]) -> Incoming:
    text = row.body.get("text") if row.kind == MESSAGE and not row.body.get("edited") else None
    typed = _TYPED.fullmatch(_KEYCAP.sub("", normalize("NFKC", text)).strip().casefold()) if text else None
    choice = listed.get(int(typed[1])) if typed else None
    return row if choice is None else replace(row, body=row.body | {"text": None, "choice": choice})


def _said(moment: Moment, say: Say, taken: int, *, talks: bool) -> Say:
    """Return words with their choices numbered from `taken` on, where they are a list to type from."""
    listed = is_listed(moment.channel, [choice.label for choice in say.choices])
    if listed and say.name and not moment.channel.buttons:
        return replace(say, choices=())  # it would stand below every word of the counsellor
    if not listed or talks or say.name:
        return replace(say, choices=tuple(replace(choice, number=None) for choice in say.choices))
    own = [str(choice.number) if choice.number is not None else choice.label for choice in say.choices]
    numbers = zip(say.choices, numbers_of(own, taken), strict=True)
    return replace(say, choices=tuple(replace(choice, number=number) for choice, number in numbers))
