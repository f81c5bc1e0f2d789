"""What a person decides about its own words: withdraw, delete, discreet mode, items added later."""

from dataclasses import replace

from bot.effects import Effect, EraseAll, RecordConsent, WithdrawCase
from bot.events import Said
from bot.flows import consent
from bot.flows import waiting as wait
from bot.moment import Moment, Turn
from bot.state import Question, State, without_person
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
        return _chosen(moment)
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
            choices = ("withdraw", "delete", "discreet.on", *items, "menu", "exit")
            return moment.answer(_closed(moment.state), "privacy.notice", choices)
        case "withdraw":
            return _ask_withdraw(moment)
        case "withdraw.confirm":
            return _withdraw(moment)
        case "delete":
            asked = replace(moment.state, question=Question(kind="delete"))
            return moment.answer(asked, "delete.ask", ("delete.confirm", "menu"))
        case "delete.confirm":
            return _delete(moment)
        case "discreet.on":
            asked = replace(moment.state, question=Question(kind="word"))
            return moment.answer(asked, "discreet.ask", ("discreet.off", "exit"))
        case "discreet.off":
            return moment.answer(_closed(replace(moment.state, discreet_word="")), "discreet.off", ("menu", "exit"))
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
    if moment.state.open_contact is None:
        return moment.answer(_closed(moment.state), "withdraw.nothing", ("menu", "exit"))
    asked = replace(moment.state, question=Question(kind="withdraw"))
    return moment.answer(asked, "withdraw.ask", ("withdraw.confirm", "menu", "exit"), protect=True)


def _withdraw(moment: Moment) -> Turn:
    state = moment.state
    if state.question is None or state.question.kind != "withdraw" or state.open_contact is None:
        return _ask_withdraw(moment)
    read = state.open_contact.connected
    after = replace(state, question=None, matter=None, contact=None, heard=(), offered=True)
    message_id = "withdraw.done_after_claim" if read else "withdraw.done"
    return Turn(state=after, effects=_taking_back(moment)).then(
        moment.say(after, message_id, ("talk.now", "menu", "exit"))
    )


def _taking_back(moment: Moment) -> tuple[Effect, ...]:
    wording = moment.content.wording("withdraw.ask", moment.state.audience, moment.state.language)
    record = RecordConsent(item="conversation", decision="withdrawn", wording=wording, message_seq=moment.event.seq)
    case = moment.state.open_contact
    taken = (WithdrawCase(case_id=case.case_id),) if case is not None else ()
    if case is not None:
        record = replace(record, case_id=case.case_id)
    return (record, *taken, *wait.stop_timers())


def _delete(moment: Moment) -> Turn:
    state = moment.state
    if state.question is None or state.question.kind != "delete":
        asked = replace(state, question=Question(kind="delete"))
        return moment.answer(asked, "delete.ask", ("delete.confirm", "menu"))
    case = state.open_contact
    effects = (*(_taking_back(moment) if case is not None else ()), EraseAll(person=state.person))
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
    return moment.answer(state, "discreet.done", ("menu", "exit"))


# --- items added later ---------------------------------------------------------------------------------------------


def _share(moment: Moment, item: Item) -> Turn:
    if moment.state.open_contact is None:
        return moment.answer(_closed(moment.state), "consent.stale", ("talk.now", "menu", "exit"))
    return consent.ask_item(moment, moment.state, item)
