"""Passing a matter on to somebody outside: asked about each receiver on its own, taken back at a word, told of after.

The counsellor proposes it in the talk; the question, its answer and the record are of the same kind as those of
`bot.flows.consent`. Silence and unclear answers are no yes. What the receiver answers is told only to who wants to
know, by written words, and by the rules of a counsellor's reply (safety protocol, sections 3 and 5).
"""

from dataclasses import replace

from bot.effects import CancelTimer, Effect, RecordConsent, StepReferral
from bot.events import Noticed, Rang, Said
from bot.flows import contact, referral_news
from bot.moment import Moment, Turn
from bot.referral import TIMER, Referral, kept, without
from bot.state import Question, State
from nlu.answers import read_agreement

_YES_NO = ("referral.yes", "referral.no", "exit")
_TELL = ("referral.tell.yes", "referral.tell.no", "exit")
_BESIDE_A_TALK = ("referral.stop", *contact.CONTACT_CHOICES)


def noticed(moment: Moment) -> Turn | None:
    """Take what the desk asks or tells of a referral."""
    event = moment.event
    if not isinstance(event, Noticed):
        return None
    if event.event == "referral_asked":
        return _asked(moment, event)
    return referral_news.told(moment, event) if event.event == "referral_news" else None


def means(choice: str, state: State) -> bool:
    """Tell whether typed words may mean this choice: unasked, "không gửi" answers another question or nobody."""
    if not choice.startswith("referral."):
        return True
    question = _open(state)
    if choice == "referral.stop" and state.question is None:
        return True
    return question is not None and not question.spoken_over


def answer(moment: Moment) -> Turn | None:
    """Ring, take the answers to what is asked, and take a yes back."""
    if isinstance(moment.event, Rang):
        return referral_news.rung(moment, moment.event.name) if moment.event.name.startswith(TIMER) else None
    told = referral_news.at_its_word(moment)
    if told is not None:
        return told
    if moment.choice is not None:
        return _chosen(moment, moment.choice)
    question = _open(moment.state)
    if question is None or question.spoken_over or not isinstance(moment.event, Said):
        return None
    if moment.reading is not None and moment.reading.alone.decision == "disclosure":
        return None
    return _typed(moment, question)


def taken_back(moment: Moment, state: State) -> tuple[Effect, ...]:
    """Return what ends every question and yes of the person at the phone, who takes back, deletes or has had enough."""
    effects: list[Effect] = [CancelTimer(name=f"{TIMER}{state.person}")] if state.referrals else []
    for mine in state.referrals:
        if mine.stage == "agreed":
            effects.append(_record(moment, mine, "withdrawn", _wording(moment, state, mine)))
        effects.append(StepReferral(referral_id=mine.id, event="withdraw"))
    return tuple(effects)


# --- asking --------------------------------------------------------------------------------------------------------


def _asked(moment: Moment, event: Noticed) -> Turn:
    """Ask in the talk that the person sees; where it does not see it, or is at another question, nothing is asked."""
    state = moment.state
    seen = state.contact is not None and state.contact.case_id == event.case_id and contact.is_shown(state, moment)
    busy = state.question is not None and state.question.kind not in {"referral", "news"}
    if not seen or busy:
        return Turn(state=state, effects=(StepReferral(referral_id=event.referral, event="lapse"),))
    mine = Referral(id=event.referral, case_id=event.case_id, receiver=event.about, stage="asked")
    others = without(kept(state.referrals), mine.id)
    return _ask(moment, replace(state, referrals=(*others, mine)), mine, push=True)


def _ask(moment: Moment, state: State, mine: Referral, *, push: bool = False) -> Turn:
    asked = replace(state, question=Question(kind="referral", item=mine.id, wording=_wording(moment, state, mine)))
    said = (
        moment.say(asked, "referral.explain", push=push, protect=True),
        moment.say(asked, _words_of(mine), _YES_NO, push=push, protect=True),
    )
    return Turn(state=asked, effects=said)


def _words_of(mine: Referral) -> str:
    return f"referral.ask_{mine.receiver}"


def _wording(moment: Moment, state: State, mine: Referral) -> str:
    return moment.content.wording(_words_of(mine), state.audience, state.language)


def _open(state: State) -> Question | None:
    question = state.question
    return question if question is not None and question.kind in {"referral", "news"} else None


def _in_question(state: State) -> Referral | None:
    question = _open(state)
    return None if question is None else next((one for one in state.referrals if one.id == question.item), None)


def _chosen(moment: Moment, choice: str) -> Turn | None:
    state, question, mine = moment.state, _open(moment.state), _in_question(moment.state)
    if choice == "talk.now":
        return referral_news.with_what_was_held(moment)
    if not choice.startswith("referral."):
        return None
    if choice == "referral.stop":
        return _stop(moment)
    if question is None or mine is None:
        return _stale(moment)
    match question.kind, choice:
        case "referral", "referral.yes":
            return _granted(moment, mine, question)
        case "referral", "referral.no":
            return _refused(moment, mine, question)
        case "news", "referral.tell.yes":
            return _wants_news(moment, mine)
        case "news", "referral.tell.no":
            return _needs_no_news(moment, mine)
    return Turn(state=state)


def _stale(moment: Moment) -> Turn:
    """Record nothing for an answer whose question is not open; show the question to who may see that there was one."""
    state = moment.state
    mine = next((one for one in state.referrals if one.stage == "asked"), None)
    if mine is not None and not state.away and contact.is_shown(state, moment) and state.question is None:
        return _ask(moment, state, mine)
    return moment.answer(state, "consent.stale", ("talk.now", "menu", "exit"))


def _typed(moment: Moment, question: Question) -> Turn | None:
    mine, said = _in_question(moment.state), read_agreement(moment.text)
    if mine is None:
        return None
    if question.kind == "news":
        return _wants_news(moment, mine) if said == "yes" else _needs_no_news(moment, mine) if said == "no" else None
    match said:
        case "yes":
            return _granted(moment, mine, question)
        case "no":
            return _refused(moment, mine, question)
        case "conditional":
            return _unclear(moment, mine, question, "referral.conditional")
        case "ambiguous":
            return _unclear(moment, mine, question, "referral.again")
    return None  # more to tell: the counsellor hears it


def _unclear(moment: Moment, mine: Referral, question: Question, message_id: str) -> Turn:
    """Ask once more; a second unclear answer ends the question for now."""
    if question.asked == 1:
        again = replace(moment.state, question=replace(question, asked=2))
        return moment.answer(again, message_id, _YES_NO, protect=True)
    state = _without(moment.state, mine)
    return Turn(
        state=state,
        effects=(
            StepReferral(referral_id=mine.id, event="lapse"),
            moment.say(state, "referral.lapsed", _ways(state), protect=True),
        ),
    )


def _granted(moment: Moment, mine: Referral, question: Question) -> Turn:
    agreed = replace(mine, stage="agreed")
    referrals = (*without(moment.state.referrals, mine.id), agreed)
    state = replace(moment.state, referrals=referrals, question=Question(kind="news", item=mine.id), away=False)
    tell = "referral.tell_discreet" if state.discreet_word else "referral.tell"
    return Turn(
        state=state,
        effects=(
            _record(moment, mine, "granted", question.wording),
            StepReferral(referral_id=mine.id, event="grant"),
            moment.say(state, "referral.agreed", protect=True),
            moment.say(state, tell, _TELL, protect=True),
        ),
    )


def _refused(moment: Moment, mine: Referral, question: Question) -> Turn:
    state = _without(moment.state, mine)
    return Turn(
        state=state,
        effects=(
            _record(moment, mine, "refused", question.wording),
            StepReferral(referral_id=mine.id, event="refuse"),
            moment.say(state, "referral.refused", _ways(state), protect=True),
        ),
    )


def _record(moment: Moment, mine: Referral, decision: str, wording: str) -> RecordConsent:
    return RecordConsent(
        item="referral",
        decision=decision,  # type: ignore[arg-type]  # one of three words, written in this module
        wording=wording,
        message_seq=moment.event.seq,
        case_id=mine.case_id,
        receiver=mine.receiver,
    )


def _stop(moment: Moment) -> Turn:
    """Refuse what is asked and take back what is agreed; the words are the same where there was nothing.

    Whoever holds the phone now does not learn from them that there was something to take back.
    """
    state, mine, question = moment.state, _in_question(moment.state), _open(moment.state)
    if mine is not None and mine.stage == "asked" and question is not None:
        return _refused(moment, mine, question)
    after = replace(state, referrals=(), question=None if question is not None else state.question)
    said = moment.say(after, "referral.none", _ways(after), protect=True)
    return Turn(state=after, effects=(*taken_back(moment, state), said))


def _without(state: State, mine: Referral) -> State:
    return replace(state, referrals=without(state.referrals, mine.id), question=None)


def _ways(state: State) -> tuple[str, ...]:
    """Return what is offered behind an answer: beside a talk its own choices, else the ways to 111."""
    talks = state.contact is not None and state.contact.connected and not state.contact.hidden
    return contact.CONTACT_CHOICES if talks else ("talk.now", "menu", "exit")


# --- whether to be told --------------------------------------------------------------------------------------------


def _wants_news(moment: Moment, mine: Referral) -> Turn:
    wanted = (*without(moment.state.referrals, mine.id), replace(mine, wants_news=True))
    state = replace(moment.state, referrals=wanted, question=None)
    said = moment.say(state, "referral.will_tell", _beside(state), protect=True)
    return Turn(state=state, effects=(StepReferral(referral_id=mine.id, event="want_news"), said))


def _needs_no_news(moment: Moment, _mine: Referral) -> Turn:
    state = replace(moment.state, question=None)
    return moment.answer(state, "referral.no_news", _beside(state), protect=True)


def _beside(state: State) -> tuple[str, ...]:
    return _BESIDE_A_TALK if _ways(state) == contact.CONTACT_CHOICES else referral_news.AFTER
