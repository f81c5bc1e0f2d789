"""Abuse of the program: answered calmly, by written sentences that reveal nothing, not even whether anybody wrote.

It stands behind everything that a child in need could mean: a disclosure, a consent, a right, a waiting case.
"""

from dataclasses import replace

from bot.events import Said
from bot.flows import menu
from bot.moment import Moment, Turn
from bot.state import State
from nlu.answers import read_probe


def answer(moment: Moment) -> Turn | None:
    """Answer an insult, an attempt at the rules, or somebody who asks what another person wrote."""
    if moment.choice is not None or not isinstance(moment.event, Said) or moment.reading is None:
        return None
    probe = read_probe(moment.text)
    if probe is None:
        return None
    hint = moment.reading.alone.decision != "none"
    state = replace(moment.state, question=None, heard=moment.remembered(hint=hint))
    return moment.answer(state, f"probe.{probe}", _ways(state) if probe == "other_person" else menu.ways_of(state))


def _ways(state: State) -> tuple[str, ...]:
    """Return what somebody who worries about another person may do."""
    advice = ("advice",) if state.role == "parent" else ()
    return (*advice, "who", "talk.now", "menu", "exit")
