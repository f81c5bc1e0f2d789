"""The menu, and what can be asked for from anywhere."""

from dataclasses import replace

from bot.events import Attached
from bot.flows import waiting as wait
from bot.flows import who
from bot.flows.attached import refusal
from bot.moment import Moment, Turn
from bot.state import Flow, State


def ways_of(state: State) -> tuple[str, ...]:
    """Return what the menu offers this person."""
    if state.role == "parent":
        return ("advice", "progress", "who", "talk.now", "privacy", "profile", "exit")
    card = ("plan",) if state.plan is not None and not state.plan.hidden else ()
    return ("learn", "daily", "quiz", "progress", "who", *card, "talk.now", "privacy", "profile", "exit")


def choose(moment: Moment) -> Turn | None:
    """Show the menu or answer a choice that belongs to no flow."""
    state = replace(moment.state, question=None, flow=Flow())
    if isinstance(moment.event, Attached):
        return _attached(moment, moment.event)
    told = who.answer(moment)
    if told is not None:
        return told
    match moment.choice:
        case "menu":
            return moment.answer(state, "menu.show", ways_of(state))
        case "breathe":
            return moment.answer(moment.state, "breathe", _after_breathing(moment.state), picture="mascot.calm")
        case "report":
            return moment.answer(state, "report.how", ("talk.now", "menu", "exit"))
        case "voice":
            return moment.answer(state, "voice.thanks", ("complain", "menu", "exit"))
        case "counsellor.end" | "withdraw.confirm" | "delete.confirm":
            return moment.answer(state, "menu.show", ways_of(state))
        case None:
            return None
        case _:
            return moment.answer(state, "menu.unknown", ways_of(state))


def _after_breathing(state: State) -> tuple[str, ...]:
    return wait.WAITING_CHOICES if state.open_contact is not None else ("talk.now", "menu", "exit")


def _attached(moment: Moment, event: Attached) -> Turn:
    """Say why a picture, voice or file is not taken; a sticker is only a sticker."""
    if event.kind == "sticker":
        return moment.answer(moment.state, "sticker", ways_of(moment.state))
    return Turn(state=moment.state, effects=(refusal(moment, moment.state, ("talk.now", "menu", "exit")),))
