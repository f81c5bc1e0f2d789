"""The turn: one event in, a new state and effects out. Pure; the order of precedence is the tuple below.

Safety protocol, section 1: quick exit > counsellor connected > emergency > disclosure > consent in progress > active
flow > intent. Emergency, disclosure and the gentle question live in one flow, which reads the gravest first.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.effects import Say
from bot.events import Attached, Said
from bot.flows import (
    complaint,
    consent,
    contact,
    disclosure,
    exits,
    followup,
    learn,
    menu,
    onboarding,
    pace,
    passing_on,
    plan,
    privacy,
    probing,
    referral,
    smalltalk,
)
from bot.hearing import as_danger_now, gravely
from bot.moment import Moment, Turn
from bot.numbering import with_numbers
from bot.pictures import fitting
from bot.state import State, recent
from nlu.answers import read_exit, read_language

_POLITE = re.compile(r"^\s*(?:dạ|vâng|thưa)[\s,]+|[\s,]+(?:ạ|nha|nhé|nhe|nghen|đi ạ)[\s.!]*$", re.IGNORECASE)
Rule = Callable[[Moment], Turn | None]

PRECEDENCE: tuple[Rule, ...] = (
    exits.quick_exit,
    followup.proposed,
    referral.noticed,
    contact.notices,
    contact.connected,
    complaint.answer,
    followup.answer,
    referral.answer,
    disclosure.hear,
    consent.answer,
    privacy.answer,
    contact.waiting,
    pace.slow_down,
    probing.answer,
    plan.proceed,
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
            whole = _with_notice(prepared, passing_on.pass_on(prepared, result))
            return with_numbers(prepared, fitting(prepared, whole))
    return Turn(state=prepared.state)


def _with_notice(moment: Moment, result: Turn) -> Turn:
    """Say, in the first reply of every conversation, that this is a program and who reads (Law 134/2025/QH15).

    Onboarding says it at length; where something graver came first it is one short line behind the help.
    """
    spoken = [effect for effect in result.effects if isinstance(effect, Say)]
    if moment.state.greeted or not spoken or moment.choice == "exit":
        return result
    state = replace(result.state, greeted=True)
    if any(say.message_id in onboarding.NOTICES for say in spoken):
        return replace(result, state=state)
    first = spoken[0]
    notice = "notice.short_passed" if state.passed_on else "notice.short"
    longer = replace(first, text=f"{first.text}\n\n{moment.say(state, notice).text}")
    effects = tuple(longer if effect is first else effect for effect in result.effects)
    return replace(result, state=state, effects=effects)


def _prepare(moment: Moment) -> Moment:
    """Name the choice that was typed in words, let the context of half an hour pass, and hear what was told before."""
    state = replace(moment.state, heard=recent(moment.state.heard, moment.now))
    if not state.heard:
        state = replace(state, asked_about=())
    if isinstance(moment.event, Said | Attached):
        state = pace.counted(state, moment.now)
    if isinstance(moment.event, Said):
        state = _with_stated_facts(state, moment.event.text)
        if not state.greeted:
            state = replace(state, language=read_language(moment.event.text))
    reading = as_danger_now(moment.reading, moment.text) if moment.reading is not None else None
    prepared = replace(moment, state=state, reading=reading)
    prepared = replace(prepared, choice=choice_of(prepared))
    told = state.open_contact is not None or prepared.open_matter is not None
    if reading is not None and told:
        prepared = replace(prepared, reading=gravely(reading, moment.text))
    return prepared


def choice_of(moment: Moment) -> str | None:
    """Return the choice that was pressed, or typed in words that mean the same ("dạ để sau ạ")."""
    if moment.choice is not None or not isinstance(moment.event, Said):
        return moment.choice
    if read_exit(moment.text):
        return "exit"
    choice = moment.content.choice_for(_POLITE.sub("", moment.text), moment.state.language)
    meant = choice is not None and followup.means(choice, moment.state) and referral.means(choice, moment.state)
    return choice if meant else None


def _with_stated_facts(state: State, text: str) -> State:
    """Take the age or role that the writer states, where it was not known yet."""
    role, band = onboarding.facts_of(text)
    if state.role is None and state.flow.kind != "role":
        state = replace(state, role=role)
    if state.band is None and state.role != "parent" and state.flow.kind not in {"role", "band"}:
        state = replace(state, band=band)
    return state
