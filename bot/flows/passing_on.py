"""The policy `vital_interest`: an emergency reaches 111 at once, without a name, and the child is told in that reply.

Runs behind whichever rule has answered, so that no way to an emergency can miss it. Safety protocol, section 3.
"""

from dataclasses import replace

from bot.effects import Effect, OpenCase, RaiseCase, RecordConsent, Say, TellDesk
from bot.events import Pressed, Said
from bot.flows import consent, first_reply
from bot.flows import contact as talk
from bot.moment import Moment, Turn
from bot.state import Contact, Matter, State

# What is said in an emergency, and the same where it was passed on; each variant takes the numbers.
_TOLD = {
    "disclosure.emergency": "disclosure.emergency_passed",
    "disclosure.emergency_other": "disclosure.emergency_other_passed",
    "disclosure.emergency_life": "disclosure.emergency_life_passed",
    "disclosure.emergency_life_other": "disclosure.emergency_life_other_passed",
    "disclosure.own_act": "disclosure.own_act_passed",
    "disclosure.unsafe": "disclosure.unsafe_passed",
}
# A "no" to what was told before, in the same breath as an emergency: what was refused stays, this message goes.
_REFUSED = {"consent.refused": "consent.refused_passed"}


def pass_on(moment: Moment, result: Turn) -> Turn:
    """Open a case for an emergency heard in this turn, or let an open one hear of it again."""
    if not isinstance(moment.event, Said | Pressed) or moment.choice == "exit":
        return result  # a quick exit is answered by something harmless and by nothing else
    matter, case = result.state.matter, result.state.open_case
    if matter is None:
        return result
    if case is None:
        return (
            _opened(moment, result, matter) if moment.vital_interest and _is_heard(moment, result, matter) else result
        )
    if not result.state.passed_on:
        return result
    if not moment.state.shares and _is_heard(moment, result, matter):
        return _shared_again(moment, result, matter, case)
    return replace(result, effects=(*_raised(moment, result.state), *result.effects))


def _is_heard(moment: Moment, result: Turn, matter: Matter) -> bool:
    """Tell whether danger now was heard in this very turn, and not only remembered."""
    if matter.urgency != "emergency":
        return False
    state = moment.state
    alone = moment.reading.alone if moment.reading is not None else None
    told = alone is not None and alone.decision == "disclosure" and alone.urgency == "emergency"
    unsafe = any(isinstance(effect, Say) and effect.message_id == "disclosure.unsafe" for effect in result.effects)
    before = state.matter
    same = before is not None and before.opened_at == matter.opened_at
    begun = matter.opened_at in {moment.now, state.hint.opened_at if state.hint is not None else None}
    risen = begun if not same else before is not None and before.urgency != "emergency"
    return told or unsafe or risen


def _opened(moment: Moment, result: Turn, matter: Matter) -> Turn:
    old = result.state.contact
    opened = OpenCase(
        urgency=matter.urgency,
        # The label of a harm would tell what a line said that the person keeps for itself.
        harms=() if matter.left_out else matter.harms,
        subject=matter.subject,
        from_seq=_first_shared(moment, result.state, matter),
        consent_seq=None,
        basis="vital_interest",
        left_out=matter.left_out,
    )
    contact = Contact(
        case_id=consent.PENDING_CASE,
        way="refused" if _is_refused(result) else "passed_on",
        vital=True,
        held=old.held if old is not None else (),  # of a talk that has ended
    )
    state = replace(result.state, contact=contact)
    return Turn(state=state, effects=(opened, *_truthful(moment, state, matter, result.effects)))


def _is_refused(result: Turn) -> bool:
    return any(
        isinstance(effect, RecordConsent) and effect.item == "conversation" and effect.decision == "refused"
        for effect in result.effects
    )


def _first_shared(moment: Moment, state: State, matter: Matter) -> int:
    """Return the first message that is passed on: of this disclosure, and nothing that was refused before."""
    here = moment.event.first_seq if isinstance(moment.event, Said) else moment.event.seq
    behind = max((span.to_seq + 1 for span in state.refused), default=0)
    return max(matter.from_seq, min(here, behind))


def _shared_again(moment: Moment, result: Turn, matter: Matter, case: Contact) -> Turn:
    """After a no, an exit or another subject: the new emergency reaches the case, what lay between does not."""
    state = replace(result.state, contact=replace(case, way="passed_on", hidden=False))
    heard = (RaiseCase(urgency=matter.urgency, harms=matter.harms), TellDesk(what="danger"))
    said = _truthful(moment, state, matter, result.effects)
    if not case.connected or talk.is_locked(state, moment):
        return Turn(state=state, effects=(*heard, *said))
    there = talk.show(replace(moment, state=state))
    return Turn(state=there.state, effects=(*heard, *said, *there.effects))


def _raised(moment: Moment, state: State) -> tuple[Effect, ...]:
    if moment.reading is None or moment.reading.alone.decision != "disclosure" or not state.shares:
        return ()
    return (RaiseCase(urgency=moment.reading.alone.urgency, harms=moment.reading.alone.harms),)


def _truthful(moment: Moment, state: State, matter: Matter, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Say what was passed on in the reply itself, in the place of the words that know nothing of it."""
    told = tuple(_retold(moment, state, matter, effect) for effect in effects)
    if told != effects:
        return told
    return (*effects, moment.say(state, "passed_on.told", protect=True))


def _retold(moment: Moment, state: State, matter: Matter, effect: Effect) -> Effect:
    if not isinstance(effect, Say):
        return effect
    choices = tuple(choice.id for choice in effect.choices)
    if effect.message_id in _TOLD:
        numbers = first_reply.numbers(matter)
        return moment.say(state, _TOLD[effect.message_id], choices, protect=True, **numbers)
    if effect.message_id in _REFUSED:
        return moment.say(state, _REFUSED[effect.message_id], choices, protect=True)
    return effect
