"""Quick exit: at any moment, before everything else, and harmless to look at afterwards."""

from dataclasses import replace

from bot import plan as plans
from bot.effects import CancelTimer, ClearScreen, Effect, ForgetMessages, TellDesk
from bot.flows import refused
from bot.flows.waiting import WAITING_TIMERS
from bot.follow_up import kept
from bot.learning import hide
from bot.moment import Moment, Turn
from bot.referral import kept as still_agreed
from bot.state import State


def quick_exit(moment: Moment) -> Turn | None:
    """Clear the screen, forget what was open, keep an agreed case in the queue, and show something harmless."""
    if moment.choice != "exit":
        return None
    state = moment.state
    contact = state.contact
    effects: list[Effect] = [ClearScreen(), *(CancelTimer(name=name) for name in WAITING_TIMERS)]
    if contact is not None:
        contact = replace(contact, hidden=True, announced=False, unlocked_at=None)
        if state.open_case is not None:
            effects.append(TellDesk(what="exited"))
    if state.matter is not None and (contact is None or state.passed_on):
        # What belongs to no case nobody will read: it goes at once.
        effects.append(ForgetMessages(from_seq=state.matter.from_seq, to_seq=moment.event.seq))
    effects += refused.at_once(state)
    after = State(
        language=state.language,
        role=state.role,
        band=state.band,
        greeted=state.greeted,
        matter=state.matter if contact is not None else None,
        contact=contact,
        offered=state.offered or state.matter is not None,
        discreet_word=state.discreet_word,
        aside=state.aside,
        learned=hide(state.learned),
        plan=plans.hide(state.plan),
        follow_up=kept(state.follow_up),
        referrals=still_agreed(state.referrals),
        away=True,
    )
    return Turn(state=after, effects=tuple(effects)).then(moment.say(after, "exit.done"))
