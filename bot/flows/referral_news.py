"""What became of passing a matter on, told to who wants to know: in written words, by day, not where it is hidden.

After an exit, a change of person or in discreet mode it comes as a counsellor's reply does: at most as the neutral
line, and the words when the person shows its word or asks for a counsellor (safety protocol, section 5).
"""

from dataclasses import replace

from bot.effects import Effect, Say, SetTimer, StepReferral
from bot.events import Noticed, Said
from bot.flows import disclosure
from bot.follow_up import PATIENCE, RETRY
from bot.moment import Moment, Turn
from bot.referral import TIMER, Referral, until_day, without
from bot.state import Role, State, change_person
from escalation.referrals.asking import News
from nlu.normalise import fold

AFTER = ("referral.stop", "talk.now", "menu", "exit")
_NEWS: dict[str, News] = {"accepted": "accepted", "done": "done"}


def told(moment: Moment, event: Noticed) -> Turn:
    """Take the news of a receiver for the person on this phone who wants to know it, whoever holds the phone."""
    state = moment.state
    for person in ("child", "parent"):
        for mine in _of(state, person):
            if mine.id == event.referral and mine.wants_news and event.about in _NEWS:
                news = replace(mine, news=_NEWS[event.about], news_at=moment.now, held=False)
                return _deliver(replace(moment, state=_with(state, person, news)), person, news)
    return Turn(state=state)


def rung(moment: Moment, name: str) -> Turn:
    """Look again whether the news may be shown."""
    person: Role = "parent" if name == f"{TIMER}parent" else "child"
    mine = next((one for one in _of(moment.state, person) if one.news is not None and not one.held), None)
    return Turn(state=moment.state) if mine is None else _deliver(moment, person, mine)


def at_its_word(moment: Moment) -> Turn | None:
    """Tell what was held to the one who has just shown its discreet word."""
    back = _back(moment)
    return _show(back, _held(back.state)) if back is not None else None


def _deliver(moment: Moment, person: Role, mine: Referral) -> Turn:
    """Show the news, hold it as a counsellor's reply is held, or wait: for the day, a talk, an open question."""
    state, now, timer = moment.state, moment.now, f"{TIMER}{person}"
    night = until_day(now)
    if night:
        return Turn(state=state, effects=(SetTimer(name=timer, after=night),))
    word = state.discreet_word if person == state.person else _word_of_aside(state)
    away = state.away or person != state.person or (state.contact is not None and state.contact.hidden)
    if away or word:
        held = _with(state, person, replace(mine, held=True))
        told = (moment.say(held, "discreet.neutral", push=True),) if word else ()
        return Turn(state=held, effects=told)
    talks = state.contact is not None and state.contact.connected
    asked = state.question is not None and mine.news_at is not None and now - mine.news_at < PATIENCE
    if talks or asked:
        return Turn(state=state, effects=(SetTimer(name=timer, after=RETRY),))
    shown = _show(moment, (mine,), push=True)
    more = any(one.news is not None for one in shown.state.referrals)
    return shown.then(SetTimer(name=timer, after=RETRY)) if more else shown


def _show(moment: Moment, news: tuple[Referral, ...], *, push: bool = False) -> Turn:
    """Say the news to its person; after the last one of a referral there is nothing more to tell."""
    state = replace(moment.state, away=False)
    effects: list[Effect] = []
    for mine in news:
        state = _after_telling(state, mine)
        effects += _telling(moment, state, mine, push=push)
    return Turn(state=state, effects=tuple(effects))


def _after_telling(state: State, mine: Referral) -> State:
    others = without(state.referrals, mine.id)
    told = () if mine.news == "done" else (replace(mine, news=None, news_at=None, held=False),)
    return replace(state, referrals=(*others, *told))


def _telling(moment: Moment, state: State, mine: Referral, *, push: bool = False) -> tuple[StepReferral | Say, ...]:
    said = moment.say(state, f"referral.news_{mine.news}", AFTER, push=push, protect=True)
    return (StepReferral(referral_id=mine.id, event="told", news=mine.news), said)


def _held(state: State) -> tuple[Referral, ...]:
    return tuple(one for one in state.referrals if one.held)


def _of(state: State, person: str) -> tuple[Referral, ...]:
    """Return the referrals of one person on this phone."""
    if person == state.person:
        return state.referrals
    return state.aside.referrals if state.aside is not None and state.aside.role == person else ()


def _with(state: State, person: str, mine: Referral) -> State:
    if person == state.person or state.aside is None:
        return replace(state, referrals=(*without(state.referrals, mine.id), mine))
    aside = state.aside
    return replace(state, aside=replace(aside, referrals=(*without(aside.referrals, mine.id), mine)))


def _word_of_aside(state: State) -> str:
    return state.aside.discreet_word if state.aside is not None else ""


def _back(moment: Moment) -> Moment | None:
    """Return the moment with the person at the phone who has just shown its word and for whom news is held."""
    typed, state = fold(moment.text) if isinstance(moment.event, Said) else "", moment.state
    if not typed:
        return None
    if typed == state.discreet_word and _held(state):
        return moment
    aside = state.aside
    if aside is None or typed != aside.discreet_word or not any(one.held for one in aside.referrals):
        return None
    return replace(moment, state=change_person(state, aside.role))


def with_what_was_held(moment: Moment) -> Turn | None:
    """Tell what was held to the one who asks for a counsellor; in discreet mode the word does it."""
    state, news = moment.state, _held(moment.state)
    if not news or state.discreet_word:
        return None
    shown = _show(moment, news)
    led = disclosure.hear(replace(moment, state=shown.state))
    if led is None:
        return None
    told = tuple(replace(effect, choices=()) if isinstance(effect, Say) else effect for effect in shown.effects)
    return replace(led, effects=(*told, *led.effects))
