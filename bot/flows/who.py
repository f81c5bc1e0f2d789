"""Whom to tell: 111, the five fingers, and the line of a province that somebody asks about; its name is not kept."""

from dataclasses import replace

from bot.effects import Effect, ForgetMessages
from bot.events import Said
from bot.moment import Moment, Turn
from bot.state import Flow, State
from content.places.units import Province
from content.schema import Helpline

_AGAIN = ("who.near", "talk.now", "menu", "exit")


def answer(moment: Moment) -> Turn | None:
    """Say whom to tell, ask for a province only of who wants it, and answer with its line."""
    match moment.choice:
        case "who":
            return _tell(moment)
        case "who.near" if _may_ask(moment.state):
            return moment.answer(replace(moment.state, flow=Flow(kind="who")), "who.where", ("menu", "exit"))
        case "who.near":
            return _tell(moment)
        case None if moment.state.flow.kind == "who" and _may_ask(moment.state):
            return _near(moment, moment.event) if isinstance(moment.event, Said) else None
    return None


def _may_ask(state: State) -> bool:
    """While a question or a case is open, what is typed belongs to it and not to a search."""
    return state.onboarded and state.question is None and state.open_contact is None


def _tell(moment: Moment) -> Turn:
    near = ("who.near",) if _may_ask(moment.state) else ()
    return moment.answer(moment.state, "who.tell", (*near, "talk.now", "menu", "exit"))


def _near(moment: Moment, event: Said) -> Turn:
    places = moment.content.places
    found = places.one(event.text)
    # More than a name, or a name beside a disclosure, may belong to what is being told bit by bit: that stays.
    passing = places.names_only(event.text) and moment.open_matter is None
    state = replace(moment.state, flow=Flow(), heard=moment.state.heard if passing else moment.remembered())
    forgetting = (ForgetMessages(from_seq=event.first_seq, to_seq=event.seq),) if passing else ()
    said = _lines(moment, state, found.province) if found else (moment.say(state, "who.unclear", _AGAIN),)
    return Turn(state=state, effects=(*said, *forgetting))


def _lines(moment: Moment, state: State, province: Province) -> tuple[Effect, ...]:
    """Say each line of the province, or that 111 is the one to call."""
    lines = moment.content.helplines_of(province)
    if not lines:
        return (moment.say(state, "who.none", _AGAIN),)
    return tuple(
        moment.say(state, "who.line", _AGAIN, label=_label(line, state.language), number=line.number) for line in lines
    )


def _label(line: Helpline, language: str) -> str:
    return line.label.get(language) or next(iter(line.label.values()))
