"""The first reply to a disclosure: thank, believe, numbers, and the one question whether the child is safe now."""

from dataclasses import replace
from typing import Any

from bot.effects import Effect
from bot.events import Said
from bot.moment import Moment, Turn
from bot.state import Flow, Matter, Question, State
from escalation.priority import rises
from nlu.answers import admits_harm, hurt_another_child, names_injury
from nlu.understanding import Harm, Subject, Understanding, Urgency

FIRST_CHOICES = ("safe.yes", "safe.no", "talk.now", "talk.later", "exit")
# The writer's own life or body first; everything else that is urgent is somebody's doing.
_LIFE_HARMS: frozenset[Harm] = frozenset({"self_harm"})


def new_matter(moment: Moment, heard: Understanding | None, *, urgency: Urgency = "moderate") -> Matter:
    """Return the matter that begins with this message; without a reading it is someone asking for help."""
    subject: Subject = heard.subject if heard is not None else "self"
    if own_deed(moment):
        subject = "other_child"
    said: Urgency = heard.urgency if heard is not None else "none"
    return Matter(
        stage="told",
        from_seq=beginning(moment),
        urgency=said if rises(urgency, said) else urgency,
        harms=heard.harms if heard is not None else (),
        subject=subject if subject != "none" else "self",
        opened_at=moment.now,
        injured=names_injury(moment.text),
        own_act=admits_harm(moment.text) or own_deed(moment),
    )


def own_deed(moment: Moment) -> bool:
    """Tell whether a child says that it hurt another child."""
    return moment.state.role != "parent" and hurt_another_child(moment.text)


def beginning(moment: Moment) -> int:
    """Return the first message that belongs to the disclosure: hints of this context included, lessons left out."""
    hints = [heard.seq for heard in moment.state.heard if heard.hint]
    here = moment.event.first_seq if isinstance(moment.event, Said) else moment.event.seq
    return min([*hints, here])


def reply(moment: Moment, matter: Matter) -> Turn:
    """Give the first reply: thank, believe, numbers, and the one question whether the child is safe now."""
    state = listening(moment, matter, Question(kind="safe"))
    return Turn(state=state, effects=words(moment, state, matter, FIRST_CHOICES))


def listening(moment: Moment, matter: Matter, question: Question | None) -> State:
    """Return the state in which everything else rests: this matter, and the one question that is open."""
    state = moment.state
    role = state.role or ("parent" if matter.subject == "own_child" else None)
    return replace(
        state,
        role=role,
        flow=Flow(),
        matter=matter,
        question=question,
        heard=moment.remembered(hint=True),
        offered=False,
    )


def ways_after(state: State) -> tuple[str, ...]:
    """Return what is offered once help was put off or a talk has ended; the safety card is a child's."""
    return (*(("plan",) if state.person == "child" else ()), "menu", "talk.now", "exit")


def words(
    moment: Moment, state: State, matter: Matter, choices: tuple[str, ...], message_id: str = ""
) -> tuple[Effect, ...]:
    """Say the words for this matter; in an emergency the numbers stand in the first line."""
    message_id = message_id or message_for(state, matter)
    if message_id == "disclosure.own_act":
        said = moment.say(state, message_id, choices, protect=True)
        first = f"{numbers(matter)['numbers']}\n" if matter.urgency == "emergency" else ""
        return (replace(said, text=first + said.text),)
    return (moment.say(state, message_id, choices, protect=True, **numbers(matter)),)


def message_for(state: State, matter: Matter) -> str:
    """Return which written reply fits: by urgency, by who is harmed, by who did it."""
    if matter.own_act and (state.audience == "parent" or matter.subject == "other_child"):
        return "disclosure.own_act"
    if matter.urgency == "emergency":
        kind = "disclosure.emergency_life" if _LIFE_HARMS & set(matter.harms) else "disclosure.emergency"
        return kind if matter.subject == "self" else f"{kind}_other"
    if matter.subject == "self":
        return "disclosure.self"
    return "disclosure.own_child" if matter.subject == "own_child" else "disclosure.friend"


def numbers(matter: Matter) -> dict[str, Any]:
    """Return the numbers of an emergency: 111 always, 113 for someone's doing, 115 for injury or the own life."""
    if matter.urgency != "emergency":
        return {}
    life = bool(_LIFE_HARMS & set(matter.harms))
    others = bool(set(matter.harms) - _LIFE_HARMS) or not life
    lines = ["111", *(["113"] if others else []), *(["115"] if life or matter.injured else [])]
    return {"numbers": " · ".join(lines)}
