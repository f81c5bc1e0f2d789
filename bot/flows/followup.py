"""The follow-up: agreed to after a talk, at a time that the person chose, one gentle message, taken back at a word.

Nothing is agreed by silence or an unclear answer, and a no is final for this talk. The message asks nothing about what
was done. After an exit, a change of person or in discreet mode it comes as a counsellor's reply does: at most as the
neutral line, and the words when the person shows its word or asks for a counsellor (safety protocol, section 5).
"""

from dataclasses import replace
from datetime import datetime

from bot.effects import CancelTimer, Effect, Say, SetTimer, StepFollowUp
from bot.events import Noticed, Rang, Said
from bot.flows import contact, disclosure, first_reply, limits
from bot.follow_up import (
    DAYS,
    PARTS,
    PATIENCE,
    RETRY,
    TIMER,
    FollowUp,
    Part,
    chosen_time,
    is_allowed,
    may_come_at,
    same_hour_after,
)
from bot.moment import Moment, Turn
from bot.protocol import advance
from bot.state import Question, Role, State, change_person
from bot.times import spoken_time
from nlu.answers import Appointment, read_agreement, read_appointment
from nlu.normalise import fold
from nlu.understanding import Intent

NO = "followup.no"
_DAYS = {f"followup.day.{days}": Appointment(days=days) for days in DAYS}
_PARTS = {f"followup.part.{part}": Appointment(part=part) for part in PARTS}
_HOW_CHOICES = ("followup.fine", "followup.not_fine", "talk.now", "exit")
_AFTER = ("talk.now", "menu", "exit")
# What it may mean when somebody who was asked how it is answers in free words.
_TALKING: frozenset[Intent] = frozenset({"chitchat", "out_of_scope", "affirm", "deny", "thank", "greet", "disclose"})


def proposed(moment: Moment) -> Turn | None:
    """Ask, behind the words that the talk has ended, whether and when; who does not see it end is not asked."""
    event, case, before = moment.event, moment.state.contact, moment.state.follow_up
    if not isinstance(event, Noticed) or not event.follow_up or case is None or case.case_id != event.case_id:
        return None
    told = contact.notices(moment) or Turn(state=moment.state)
    seen = any(isinstance(effect, Say) and effect.message_id == "contact.closed" for effect in told.effects)
    if not seen or (before is not None and before.stage == "agreed"):
        return told  # one follow-up at a time: what was agreed before stands
    over = taken_back(moment.state) if before is not None and before.stage == "held" else ()  # they have talked since
    if not _offered(moment, "day"):
        # The messenger does not let us write that late: nothing is promised that cannot come.
        state = replace(told.state, follow_up=None)
        cannot = moment.say(state, "followup.cannot", push=True, protect=True, place=moment.channel.brand)
        return replace(told, state=state, effects=(*told.effects, *over, cannot))
    state = replace(told.state, follow_up=FollowUp(case_id=event.case_id, stage="asked"))
    asked = _ask(moment, state, "day", push=True)
    return replace(asked, effects=(*told.effects, *over, *asked.effects))


def means(choice: str, state: State) -> bool:
    """Tell whether typed words may mean this choice: unasked, "mai" and "mình ổn" are only words."""
    if not choice.startswith("followup.") or _open(state) is not None:
        return True
    return choice == NO and state.question is None


def answer(moment: Moment) -> Turn | None:
    """Ring, take the answers to what is asked, and take an agreement back."""
    if isinstance(moment.event, Rang):
        return _rung(moment, moment.event.name) if moment.event.name.startswith(TIMER) else None
    back = _at_its_word(moment)
    if back is not None:
        return _show(back)
    if moment.choice is not None:
        return _chosen(moment, moment.choice)
    question = _open(moment.state)
    if question is None or not isinstance(moment.event, Said):
        return None
    if moment.reading is not None and moment.reading.alone.decision == "disclosure":
        return None
    return _answered_how(moment) if question.item == "how" else _typed(moment, question)


def asked_again(moment: Moment, state: State) -> tuple[State, tuple[Effect, ...]]:
    """Ask once more what the choice of a discreet word interrupted."""
    mine = state.follow_up
    if mine is None or mine.stage != "asked":
        return state, ()
    asked = _ask(moment, state, "part" if mine.day else "day")
    return asked.state, asked.effects


def taken_back(state: State) -> tuple[Effect, ...]:
    """Return what ends the follow-up of the person at the phone, who takes back, deletes or has had enough."""
    mine = state.follow_up
    if mine is None:
        return ()
    return (CancelTimer(name=f"{TIMER}{state.person}"), StepFollowUp(case_id=mine.case_id, event="take_back"))


# --- agreeing ------------------------------------------------------------------------------------------------------


def _open(state: State) -> Question | None:
    question = state.question
    return question if question is not None and question.kind == "follow_up" else None


def _ask(moment: Moment, state: State, item: str, *, push: bool = False) -> Turn:
    state = replace(state, question=Question(kind="follow_up", item=item))
    words = "followup.part" if item == "part" else "followup.ask_discreet" if state.discreet_word else "followup.ask"
    return Turn(state=state, effects=(_question(moment, state, item, words, push=push),))


def _question(moment: Moment, state: State, item: str, message_id: str, *, push: bool = False, **params: str) -> Say:
    quiet = () if state.discreet_word else ("discreet.on",)
    mine = state.follow_up
    choices = (*_offered(moment, item, mine.day if mine is not None else 0), NO, *quiet, "exit")
    return moment.say(state, message_id, choices, push=push, protect=True, **params)


def _offered(moment: Moment, item: str, day: int = 0) -> tuple[str, ...]:
    """Return the days, or the parts of the chosen day, at which the messenger will still let us write."""
    if item == "part":
        return tuple(choice for choice, named in _PARTS.items() if _can_come(moment, day or DAYS[0], named.part))
    return tuple(f"followup.day.{days}" for days in DAYS if _can_come(moment, days, None))


def _can_come(moment: Moment, days: int, part: Part | None) -> bool:
    """Tell whether this part of the day, or any, so many days on is not too late for the messenger."""
    last = limits.may_push_until(moment)
    times = (chosen_time(moment.now, days, one) for one in ((part,) if part else PARTS))
    return last is None or any(at <= last for at in times)


def _chosen(moment: Moment, choice: str) -> Turn | None:
    named = _DAYS.get(choice) or _PARTS.get(choice)
    question = _open(moment.state)
    if named is not None and question is not None and question.item != "how":
        return _take(moment, named)
    match choice:
        case "talk.now":
            return _with_what_was_held(moment)
        case "followup.no":
            return _no(moment)
        case "followup.fine":
            return moment.answer(replace(moment.state, question=None), "followup.glad", ("menu", "talk.now", "exit"))
        case "followup.not_fine":
            return _not_fine(moment)
    return moment.answer(moment.state, "consent.stale", _AFTER) if named is not None else None


def _typed(moment: Moment, question: Question) -> Turn:
    """Take a day, a part of the day, both or a no; ask again once, and let a second unclear answer be none."""
    if read_agreement(moment.text) == "no":
        return _no(moment)
    named = read_appointment(moment.text)
    if named is not None:
        return _take(moment, named)
    if question.asked > 1:
        ended = replace(moment.state, question=None, follow_up=None, heard=moment.remembered())
        return moment.answer(ended, "followup.none", _AFTER, protect=True)
    state = replace(moment.state, question=replace(question, asked=2), heard=moment.remembered())
    return Turn(state=state, effects=(_question(moment, state, question.item, "followup.again"),))


def _take(moment: Moment, named: Appointment) -> Turn:
    """Agree once day and part of the day are both named; else ask for the other."""
    state, mine = moment.state, moment.state.follow_up
    if mine is None:
        return moment.answer(replace(state, question=None), "consent.stale", _AFTER)
    mine = replace(mine, day=named.days or mine.day, part=named.part or mine.part)
    if mine.day and not _can_come(moment, mine.day, mine.part):
        return _too_late(moment, mine)
    if not mine.day or mine.part is None:
        return _ask(moment, replace(state, follow_up=mine), "part" if mine.day else "day")
    return _agree(moment, mine, chosen_time(moment.now, mine.day, mine.part))


def _too_late(moment: Moment, mine: FollowUp) -> Turn:
    """Say until when a message can come here, and ask for an earlier day; where there is none, agree on nothing."""
    state, last = moment.state, limits.may_push_until(moment)
    if last is None or not _offered(moment, "day"):
        ended = replace(state, question=None, follow_up=None)
        refused = StepFollowUp(case_id=mine.case_id, event="refuse")
        said = moment.say(ended, "followup.cannot", _AFTER, protect=True, place=moment.channel.brand)
        return Turn(state=ended, effects=(refused, said))
    asked = FollowUp(case_id=mine.case_id, stage="asked")
    state = replace(state, follow_up=asked, question=Question(kind="follow_up", item="day"))
    place, until = moment.channel.brand, spoken_time(last, state.language)
    return Turn(state=state, effects=(_question(moment, state, "day", "followup.beyond", place=place, time=until),))


def _agree(moment: Moment, mine: FollowUp, due_at: datetime) -> Turn:
    agreed = FollowUp(case_id=mine.case_id, stage="agreed", due_at=due_at)
    # Who agrees to a message on this phone holds it now.
    state = replace(moment.state, question=None, follow_up=agreed, away=False)
    words = "followup.agreed_discreet" if state.discreet_word else "followup.agreed"
    effects = (
        StepFollowUp(case_id=mine.case_id, event="agree", due_at=due_at),
        SetTimer(name=f"{TIMER}{state.person}", after=due_at - moment.now),
        moment.say(state, words, (NO, "menu", "exit"), protect=True, time=spoken_time(due_at, state.language)),
    )
    return Turn(state=state, effects=effects)


def _no(moment: Moment) -> Turn:
    """Refuse what is asked or take back what is agreed, for good; the words are the same where there was nothing.

    Whoever holds the phone now does not learn from them that there was something to take back.
    """
    state, mine = moment.state, moment.state.follow_up
    after = replace(state, follow_up=None, question=None if _open(state) is not None else state.question)
    refused = (StepFollowUp(case_id=mine.case_id, event="refuse"),) if mine is not None else ()
    ended = refused if mine is not None and mine.stage == "asked" else taken_back(state)
    return Turn(state=after, effects=(*ended, moment.say(after, "followup.none", _AFTER, protect=True)))


# --- at its time ---------------------------------------------------------------------------------------------------


def _rung(moment: Moment, name: str) -> Turn:
    """Show the message, hold it as a counsellor's reply is held, or wait: for the day, a talk, an open question."""
    state = moment.state
    person: Role = "parent" if name == f"{TIMER}parent" else "child"
    mine, word = _of(state, person)
    if mine is None or mine.stage != "agreed" or mine.due_at is None:
        return Turn(state=state)
    comes_at = may_come_at(mine.due_at, moment.now)
    if comes_at > moment.now:
        return _moved(state, person, mine, comes_at, moment.now)
    talks = state.contact is not None and state.contact.connected and contact.is_shown(state, moment)
    asked = state.question is not None and moment.now - mine.due_at < PATIENCE
    away = state.away or person != state.person or (state.contact is not None and state.contact.hidden)
    if talks or (asked and not away and not word):
        return _waiting(state, person, mine, mine.due_at, moment.now)
    return _held(moment, person, mine, word) if away or word else _show(moment, push=True)


def _of(state: State, person: Role) -> tuple[FollowUp | None, str]:
    """Return the follow-up and the discreet word of one person on this phone."""
    if person == state.person:
        return state.follow_up, state.discreet_word
    aside = state.aside
    return (aside.follow_up, aside.discreet_word) if aside is not None and aside.role == person else (None, "")


def _with(state: State, person: Role, mine: FollowUp) -> State:
    if person == state.person or state.aside is None:
        return replace(state, follow_up=mine)
    return replace(state, aside=replace(state.aside, follow_up=mine))


def _moved(state: State, person: Role, mine: FollowUp, at: datetime, now: datetime) -> Turn:
    effects = (
        StepFollowUp(case_id=mine.case_id, event="move", due_at=at),
        SetTimer(name=f"{TIMER}{person}", after=at - now),
    )
    return Turn(state=_with(state, person, replace(mine, due_at=at)), effects=effects)


def _waiting(state: State, person: Role, mine: FollowUp, due_at: datetime, now: datetime) -> Turn:
    """Look again soon, or on the next day where that would be the night."""
    if not is_allowed(now + RETRY):
        return _moved(state, person, mine, same_hour_after(due_at, now), now)
    return Turn(state=state, effects=(SetTimer(name=f"{TIMER}{person}", after=RETRY),))


def _held(moment: Moment, person: Role, mine: FollowUp, word: str) -> Turn:
    """Keep the message back: announced by the neutral line where there is a word to open it with, else by nothing."""
    state = _with(moment.state, person, replace(mine, stage="held"))
    told = (moment.say(state, "discreet.neutral", push=True),) if word else ()
    return Turn(state=state, effects=(StepFollowUp(case_id=mine.case_id, event="hold"), *told))


def _show(moment: Moment, *, push: bool = False) -> Turn:
    state, mine = moment.state, moment.state.follow_up
    if mine is None:
        return Turn(state=state)
    shown = replace(state, follow_up=None, question=Question(kind="follow_up", item="how"), away=False)
    said = moment.say(shown, "followup.how", _HOW_CHOICES, push=push, protect=True)
    return Turn(state=shown, effects=(StepFollowUp(case_id=mine.case_id, event="send"), said))


def _at_its_word(moment: Moment) -> Moment | None:
    """Return the moment with the person at the phone who has just shown its word and for whom a message is held."""
    typed = fold(moment.text) if isinstance(moment.event, Said) else ""
    for person in (moment.state.person, *((moment.state.aside.role,) if moment.state.aside is not None else ())):
        mine, word = _of(moment.state, person)
        if typed and typed == word and mine is not None and mine.stage == "held":
            here = person == moment.state.person
            return moment if here else replace(moment, state=change_person(moment.state, person))
    return None


def _with_what_was_held(moment: Moment) -> Turn | None:
    """Tell, to the one who asks for a counsellor, of the message that was held; in discreet mode the word does it."""
    state, mine = moment.state, moment.state.follow_up
    if mine is None or mine.stage != "held" or state.discreet_word:
        return None
    led = disclosure.hear(replace(moment, state=replace(state, follow_up=None)))
    if led is None:
        return None
    told = (StepFollowUp(case_id=mine.case_id, event="send"), moment.say(led.state, "followup.held", protect=True))
    return replace(led, effects=(*told, *led.effects))


# --- the answer to "how are you" -----------------------------------------------------------------------------------


def _not_fine(moment: Moment) -> Turn | None:
    """Hear it as a hint that needs no second question: the first reply; with a case open, back to the counsellor."""
    if moment.state.open_contact is not None:
        return disclosure.hear(replace(moment, choice="talk.now"))
    matter = moment.open_matter or first_reply.new_matter(moment, None)
    matter = replace(matter, stage=advance(matter.stage, "hear") or matter.stage)
    state = first_reply.listening(moment, matter, Question(kind="safe"))
    return moment.answer(state, "followup.not_fine", first_reply.FIRST_CHOICES, protect=True)


def _answered_how(moment: Moment) -> Turn | None:
    """Thank for free words, offer a person to listen, and ask no more; what hints at harm is heard as a hint."""
    heard = moment.reading.alone if moment.reading is not None else None
    if heard is None or heard.decision != "none" or heard.intent not in _TALKING or moment.state.flow.kind != "idle":
        return None
    state = replace(moment.state, question=None, heard=moment.remembered())
    return moment.answer(state, "followup.heard", ("followup.not_fine", *_AFTER), protect=True)
