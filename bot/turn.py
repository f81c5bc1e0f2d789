"""The turn: one event in, a new state and effects out. Pure; the order of precedence is the tuple below.

Safety protocol, section 1: quick exit > counsellor connected > emergency > disclosure > consent in progress > active
flow > intent. Emergency, disclosure and the gentle question live in one flow, which reads the gravest first.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.events import Said
from bot.flows import (
    consent,
    contact,
    disclosure,
    exits,
    learn,
    menu,
    onboarding,
    privacy,
    smalltalk,
)
from bot.moment import Moment, Turn
from bot.state import State, recent
from nlu.answers import read_exit

Rule = Callable[[Moment], Turn | None]

PRECEDENCE: tuple[Rule, ...] = (
    exits.quick_exit,
    contact.notices,
    contact.connected,
    disclosure.hear,
    consent.answer,
    privacy.answer,
    contact.waiting,
    onboarding.proceed,
    learn.proceed,
    menu.choose,
    smalltalk.reply,
)


def turn(moment: Moment) -> Turn:
    """Answer one event by the first rule that has something to do with it."""
    prepared = _prepare(moment)
    for rule in PRECEDENCE:
        result = rule(prepared)
        if result is not None:
            return result
    return Turn(state=prepared.state)


def _prepare(moment: Moment) -> Moment:
    """Name the choice that was typed in words, and let the context of half an hour pass."""
    state = replace(moment.state, heard=recent(moment.state.heard, moment.now))
    if not state.heard:
        state = replace(state, asked_about=())
    if isinstance(moment.event, Said):
        state = _with_stated_facts(state, moment.event.text)
    choice = moment.choice
    if choice is None and isinstance(moment.event, Said):
        typed = moment.content.choice_for(moment.text, state.language)
        choice = "exit" if read_exit(moment.text) else typed
    return replace(moment, state=state, choice=choice)


def _with_stated_facts(state: State, text: str) -> State:
    """Take the age or role that the writer states, where it was not known yet."""
    role, band = onboarding.facts_of(text)
    if state.role is None and state.flow.kind != "role":
        state = replace(state, role=role)
    if state.band is None and state.role != "parent" and state.flow.kind not in {"role", "band"}:
        state = replace(state, band=band)
    return state
