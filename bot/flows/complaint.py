"""Somebody else to talk with, and a complaint that supervisors alone read: both at any time, also beside a talk.

A complaint is never held up by what is in it, and a disclosure in it is answered as everywhere else.
"""

from dataclasses import replace

from bot.effects import AskAnother, FileComplaint, RaiseCase, Say
from bot.events import Said
from bot.flows import contact, disclosure, first_reply
from bot.flows import waiting as wait
from bot.moment import Moment, Turn
from bot.state import CONTEXT, Flow, Question, State
from nlu.answers import Wish, read_wish
from nlu.understanding import Understanding

_CHOICES: dict[Wish, str] = {"other": "counsellor.other", "complain": "complain"}


def answer(moment: Moment) -> Turn | None:
    """Take the wish for another counsellor, and the complaint with its words."""
    question = moment.state.question
    match moment.choice or _wished(moment):
        case "counsellor.other":
            return _another(moment)
        case "complain":
            return _ask(moment)
        case "complaint.drop":
            dropped = replace(moment.state, question=None)
            return replace(moment.answer(dropped, "complaint.dropped", _ways(dropped)), private=True)
        case None if question is not None and question.kind == "complaint" and isinstance(moment.event, Said):
            return _take(moment)
    return None


def _wished(moment: Moment) -> str | None:
    """Read free words as a wish where a talk has just ended; what may be a disclosure is left to be heard as one."""
    until, question = moment.state.talked_until, moment.state.question
    if until is None or moment.now - until >= CONTEXT or moment.reading is None:
        return None
    if question is not None and question.kind != "follow_up":
        return None
    wish = read_wish(moment.text)
    return _CHOICES[wish] if wish is not None and moment.reading.alone.decision != "disclosure" else None


def _another(moment: Moment) -> Turn:
    """Let the desk find somebody else. That the counsellor has gone comes as the desk's own notice."""
    state = replace(moment.state, question=None)
    case = state.open_contact
    if case is None:
        ways = ("talk.now", "complain", "menu", "exit")
        return moment.answer(state, "other.later", ways).then(AskAnother())
    if not contact.is_shown(state, moment):
        return disclosure.hear(replace(moment, choice="talk.now")) or Turn(state=state)
    said = "other.asked" if case.connected else "other.waiting"
    return moment.answer(state, said, ("complain", *wait.WAITING_CHOICES), protect=True).then(AskAnother())


def _ask(moment: Moment) -> Turn:
    state = replace(moment.state, question=Question(kind="complaint"), flow=Flow())
    return replace(moment.answer(state, "complaint.ask", ("complaint.drop", "exit"), protect=True), private=True)


def _take(moment: Moment) -> Turn:
    """File what was typed and say who reads it; a disclosure in it goes through the protocol as well."""
    if not moment.text.strip():
        return _ask(moment)
    state = replace(moment.state, question=None)
    heard = moment.reading.alone if moment.reading is not None else None
    danger = heard is not None and heard.decision == "disclosure"
    filed = FileComplaint(text=moment.text, urgency=heard.urgency if heard is not None and danger else "none")
    if heard is None or not danger:
        said = moment.say(state, "complaint.thanks", _ways(state), protect=True)
        return Turn(state=state, effects=(filed, said), private=True)
    if state.open_contact is not None:
        return _danger_beside_a_case(moment, state, heard, filed)
    helped = disclosure.hear(replace(moment, state=state)) or Turn(state=state)
    receipt = f"\n\n{moment.say(helped.state, 'complaint.kept').text}"
    spoken = next((effect for effect in helped.effects if isinstance(effect, Say)), None)
    effects = tuple(
        replace(effect, text=effect.text + receipt) if isinstance(effect, Say) and effect is spoken else effect
        for effect in helped.effects
    )
    return replace(helped, effects=(filed, *effects), private=True)


def _danger_beside_a_case(moment: Moment, state: State, heard: Understanding, filed: FileComplaint) -> Turn:
    """Raise the open case by its urgency alone: what was complained of stays out of the counsellor's sight."""
    told = first_reply.numbers(first_reply.new_matter(moment, heard)) or {"numbers": "111"}
    said = moment.say(state, "complaint.danger", ("counsellor.other", "exit"), protect=True, **told)
    return Turn(state=state, effects=(filed, RaiseCase(urgency=heard.urgency, harms=()), said), private=True)


def _ways(state: State) -> tuple[str, ...]:
    case = state.open_contact
    if case is None:
        return ("talk.now", "menu", "exit")
    return contact.CONTACT_CHOICES if case.connected else wait.WAITING_CHOICES
