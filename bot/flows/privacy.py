"""What a person decides about its own words: withdraw, delete, discreet mode, items added later."""

from dataclasses import replace

from bot.effects import Effect, EraseAll, RecordConsent, WithdrawCase
from bot.events import Said
from bot.flows import consent, followup, own_data, referral, refused
from bot.flows import waiting as wait
from bot.follow_up import kept
from bot.moment import Moment, Turn
from bot.state import Contact, Question, State, left_of, without_person
from escalation.consent import Item
from nlu.answers import read_agreement
from nlu.normalise import fold

_WORD_LENGTH = 30
_SHARE: dict[str, Item] = {"share.nickname": "nickname", "share.area": "area", "share.phone": "phone"}


def answer(moment: Moment) -> Turn | None:
    """Answer what a person asks about its own data and safety."""
    if moment.choice in _SHARE:
        return _share(moment, _SHARE[moment.choice])
    if moment.choice is not None:
        return own_data.answer(moment) or _chosen(moment)
    question = moment.state.question
    if question is None or not isinstance(moment.event, Said):
        return None
    if question.kind == "word":
        return _take_word(moment)
    if question.kind in {"withdraw", "delete"}:
        return _typed(moment, question)
    return None


def _chosen(moment: Moment) -> Turn | None:
    match moment.choice:
        case "privacy":
            items = tuple(_SHARE) if moment.state.open_contact is not None else ()
            choices = ("receipts", "export", "withdraw", "delete", "discreet.on", *items, "menu", "exit")
            notice = "privacy.notice_vital" if moment.vital_interest else "privacy.notice"
            return moment.answer(_closed(moment.state), notice, choices)
        case "withdraw":
            return _ask_withdraw(moment)
        case "withdraw.confirm":
            return _withdraw(moment)
        case "delete":
            return _ask_delete(moment)
        case "delete.confirm":
            return _delete(moment)
        case "discreet.on":
            open_now = moment.state.question
            interrupted = open_now is not None and "follow_up" in {open_now.kind, open_now.item}
            question = Question(kind="word", item="follow_up" if interrupted else "")
            asked = replace(moment.state, question=question)
            return moment.answer(asked, "discreet.ask", ("discreet.off", "exit"))
        case "discreet.off":
            off = _closed(replace(moment.state, discreet_word=""))
            return _going_on(moment, moment.answer(off, "discreet.off", ("menu", "exit")))
        case _:
            return None


def _typed(moment: Moment, question: Question) -> Turn | None:
    match read_agreement(moment.text):
        case "yes":
            return _withdraw(moment) if question.kind == "withdraw" else _delete(moment)
        case "no":
            return moment.answer(_closed(moment.state), "privacy.unchanged", ("menu", "exit"))
        case _:
            return None


def _closed(state: State) -> State:
    return replace(state, question=None)


# --- taking back ---------------------------------------------------------------------------------------------------


def _ask_withdraw(moment: Moment) -> Turn:
    case = moment.state.open_case
    if case is None:
        return _withdraw_follow_up(moment)
    asked = replace(moment.state, question=Question(kind="withdraw"))
    return moment.answer(asked, _truthful(case, "withdraw.ask"), ("withdraw.confirm", "menu", "exit"), protect=True)


def _withdraw_follow_up(moment: Moment) -> Turn:
    """Take back what is agreed for after a talk; where somebody else may hold the phone, without a word of it."""
    state = moment.state
    if kept(state.follow_up) is not None and not state.away:
        ended = followup.answer(replace(moment, choice=followup.NO)) or Turn(state=state)
        done = replace(ended, state=replace(ended.state, referrals=()))
        return done.then(*referral.taken_back(moment, state))
    after = replace(_closed(state), follow_up=None, referrals=())
    said = moment.say(after, "withdraw.nothing", ("menu", "exit"))
    return Turn(state=after, effects=(*_also(moment), said))


def _truthful(case: Contact | None, message_id: str) -> str:
    """Return the words that are true here: what was passed on in an emergency is not taken off the queue."""
    return f"{message_id}_passed" if case is not None and case.vital else message_id


def _withdraw(moment: Moment) -> Turn:
    state = moment.state
    case = state.open_case
    if state.question is None or state.question.kind != "withdraw" or case is None:
        return _ask_withdraw(moment)
    left = replace(state, question=None, matter=None, contact=left_of(case), heard=(), refused=(), follow_up=None)
    after = replace(left, referrals=(), offered=True)
    message_id = "withdraw.done_after_claim" if case.connected or moment.desk.case_held else "withdraw.done"
    if case.vital:
        message_id = "withdraw.done_passed"
    return Turn(state=after, effects=(*_taking_back(moment), *refused.at_once(state), *_also(moment))).then(
        moment.say(after, message_id, ("talk.now", "menu", "exit"))
    )


def _taking_back(moment: Moment) -> tuple[Effect, ...]:
    case = moment.state.open_case
    wording = moment.content.wording(_truthful(case, "withdraw.ask"), moment.state.audience, moment.state.language)
    matter = moment.state.matter
    never_given = case is not None and case.vital and (matter is None or matter.stage != "shared")
    record = RecordConsent(
        item="conversation",
        decision="refused" if never_given else "withdrawn",
        wording=wording,
        message_seq=moment.event.seq,
    )
    taken = (WithdrawCase(case_id=case.case_id),) if case is not None else ()
    if case is not None:
        record = replace(record, case_id=case.case_id)
    return (record, *taken, *wait.stop_timers())


def _also(moment: Moment) -> tuple[Effect, ...]:
    """Return what ends everything else that this person agreed to: a follow-up, passing the matter on."""
    return (*followup.taken_back(moment.state), *referral.taken_back(moment, moment.state))


def _ask_delete(moment: Moment) -> Turn:
    asked = replace(moment.state, question=Question(kind="delete"))
    words = _truthful(moment.state.open_case, "delete.ask")
    return moment.answer(asked, words, ("delete.confirm", "menu"))


def _delete(moment: Moment) -> Turn:
    state = moment.state
    if state.question is None or state.question.kind != "delete":
        return _ask_delete(moment)
    case = state.open_case
    taken = (*(_taking_back(moment) if case is not None else ()), *_also(moment))
    effects = (*taken, EraseAll(person=state.person))
    after = without_person(state, state.person)
    said = moment.say(state, "delete.done_case" if moment.desk.case_kept else "delete.done")
    return Turn(state=after, effects=(*effects, said))


# --- discreet mode -------------------------------------------------------------------------------------------------


def _take_word(moment: Moment) -> Turn:
    word = fold(moment.text)
    if not word or len(word) > _WORD_LENGTH:
        return moment.answer(moment.state, "discreet.ask", ("discreet.off", "exit"))
    contact = moment.state.contact
    state = replace(
        moment.state,
        question=None,
        discreet_word=word,
        # From here on even the next reply first comes as the neutral line.
        contact=replace(contact, unlocked_at=None) if contact is not None else None,
    )
    return _going_on(moment, moment.answer(state, "discreet.done", ("menu", "exit")))


def _going_on(moment: Moment, done: Turn) -> Turn:
    """Ask again about a follow-up where that question was interrupted to choose the word."""
    question = moment.state.question
    if question is None or question.kind != "word" or question.item != "follow_up":
        return done
    state, asked = followup.asked_again(moment, done.state)
    return replace(done, state=state, effects=(*done.effects, *asked))


# --- items added later ---------------------------------------------------------------------------------------------


def _share(moment: Moment, item: Item) -> Turn:
    if moment.state.open_contact is None:
        return moment.answer(_closed(moment.state), "consent.stale", ("talk.now", "menu", "exit"))
    return consent.ask_item(moment, moment.state, item)
