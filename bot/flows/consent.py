"""Consent, item by item: the question in the words of the age, one explicit act for each, and nothing without it."""

import re
from dataclasses import replace

from bot.effects import AgreeCase, Effect, OpenCase, RecordConsent, Say, SetItem, SetTimer, TellDesk
from bot.events import Attached, Said
from bot.flows import contact, limits, preview
from bot.flows import waiting as wait
from bot.flows.attached import refusal
from bot.moment import Moment, Turn
from bot.protocol import advance
from bot.state import CONTEXT, SKIPPABLE, Contact, Matter, Question, Refused, State
from content.library import Content
from escalation.consent import ConsentDecision, Item
from nlu.answers import read_agreement

OPTIONAL_ITEMS: tuple[Item, ...] = ("nickname", "area", "phone")
_VALUE_LENGTH = 60
_PHONE = re.compile(r"^(?:\+?84|0)\d{8,10}$")
_QUESTIONS = {
    "conversation": "consent.conversation",
    "nickname": "consent.nickname",
    "area": "consent.area",
    "phone": "consent.phone",
}
# These have other words where an emergency was passed on without a yes.
_PASSED = {"consent.explain", "consent.conversation", "consent.refused", "consent.lapsed"}
# A case's id is known only once it is open; the executor writes it in.
PENDING_CASE = ""


def choices_of(question: Question, *, passed_on: bool = False) -> tuple[str, ...]:
    """Return what may be answered to an open consent question; what was `passed_on` has no preview any more."""
    if question.kind == "item":
        return ("item.skip", "exit")
    yes_no = (f"consent.{question.item}.yes", f"consent.{question.item}.no")
    if question.item != "conversation":
        return (*yes_no, "item.skip", "exit")
    return (*yes_no, "exit") if passed_on else (*yes_no, preview.SHOW, "exit")


def ask(moment: Moment, state: State) -> Turn:
    """Explain who will read what and why, then ask for the conversation; `state` holds the matter."""
    asked = _with_question(moment, replace(state, away=False), "conversation")
    return Turn(
        state=asked,
        effects=(
            moment.say(asked, _truthful(asked, "consent.explain"), protect=True),
            _question_words(moment, asked, "conversation"),
        ),
    )


def ask_item(moment: Moment, state: State, item: Item) -> Turn:
    """Ask for one optional item."""
    asked = _with_question(moment, state, item)
    return Turn(state=asked, effects=(_question_words(moment, asked, item),))


def _with_question(moment: Moment, state: State, item: Item, *, asked: int = 1) -> State:
    wording = moment.content.wording(_truthful(state, _QUESTIONS[item]), state.audience, state.language)
    return replace(state, question=Question(kind="consent", item=item, wording=wording, asked=asked))


def _question_words(moment: Moment, state: State, item: Item, message_id: str | None = None) -> Say:
    choices = choices_of(Question(kind="consent", item=item), passed_on=state.passed_on)
    return moment.say(state, message_id or _truthful(state, _QUESTIONS[item]), choices, protect=True)


def _truthful(state: State, message_id: str) -> str:
    """Return the words that are true here: other ones where 111 has an emergency already, without a yes."""
    return f"{message_id}_passed" if state.passed_on and message_id in _PASSED else message_id


def still_asked(moment: Moment) -> tuple[Say, ...]:
    """Return the consent question that is open, to stand again behind an answer about something else."""
    question = moment.state.question
    if question is None or question.kind != "consent":
        return ()
    item: Item = question.item  # type: ignore[assignment]  # written by `_with_question` only
    return (_question_words(moment, moment.state, item),)


def answer(moment: Moment) -> Turn | None:
    """Take the answer to the consent question now open; anything else by that name is shown the question again."""
    question = moment.state.question
    if question is not None and question.kind == "item":
        return _take_value(moment, question)
    if question is None or question.kind != "consent":
        return _stale(moment)
    item: Item = question.item  # type: ignore[assignment]  # written by `_with_question` only
    shown = preview.answer(moment) if item == "conversation" else None
    if shown is not None:
        again = _question_words(moment, shown.state, item)
        return shown.then(replace(again, choices=preview.choices(moment, shown.state, again.choices)))
    if moment.choice == f"consent.{item}.yes":
        return _granted(moment, item, question)
    if moment.choice == f"consent.{item}.no":
        return _refused(moment, item, question)
    if moment.choice == "item.skip" and item != "conversation":
        return _next_item(moment, moment.state, item)
    if moment.choice is not None:
        return _stale(moment)
    if isinstance(moment.event, Attached):
        if moment.event.kind == "sticker":
            return _unclear(moment, item, question, "consent.again")
        choices = choices_of(question, passed_on=moment.state.passed_on)
        return Turn(state=moment.state, effects=(refusal(moment, moment.state, choices, protect=True),))
    return _typed(moment, item, question) if isinstance(moment.event, Said) else None


def _typed(moment: Moment, item: Item, question: Question) -> Turn | None:
    match read_agreement(moment.text):
        case "yes":
            return _granted(moment, item, question)
        case "no":
            return _refused(moment, item, question)
        case "conditional":
            return _unclear(moment, item, question, "consent.conditional")
        case "ambiguous":
            return _unclear(moment, item, question, "consent.again")
        case "other" if item == "conversation":
            return _unclear(moment, item, question, "consent.again")
    return None  # more to tell, while an optional item is open: the case hears it


def _stale(moment: Moment) -> Turn | None:
    """Record nothing for an answer whose question is not open; show the question that is."""
    if moment.choice is None or not moment.choice.startswith(("consent.", "item.skip", preview.SHOW, preview.LEAVE)):
        return None
    if moment.choice == "item.skip" and moment.state.question is None and moment.state.flow.kind in SKIPPABLE:
        return None  # what is passed over is a question beside a lesson
    question = moment.state.question
    if question is not None and question.kind == "consent":
        item: Item = question.item  # type: ignore[assignment]
        return Turn(state=moment.state, effects=(_question_words(moment, moment.state, item),))
    if moment.state.open_contact is not None and contact.is_shown(moment.state, moment):
        return Turn(state=moment.state, effects=(wait.status(moment, moment.state),))
    return moment.answer(replace(moment.state, question=None), "consent.stale", ("talk.now", "menu", "exit"))


def _record(moment: Moment, item: Item, decision: ConsentDecision, question: Question) -> RecordConsent:
    """Return what goes into the ledger; an item concerns the case that is open, also while the person hides it."""
    case = moment.state.open_case if item != "conversation" else None
    return RecordConsent(
        item=item,
        decision=decision,
        wording=question.wording,
        message_seq=moment.event.seq,
        case_id=case.case_id if case else None,
    )


# --- yes -----------------------------------------------------------------------------------------------------------


def _granted(moment: Moment, item: Item, question: Question) -> Turn:
    record = _record(moment, item, "granted", question)
    matter = moment.state.matter
    if item != "conversation":
        asked = replace(moment.state, question=Question(kind="item", item=item, wording=question.wording))
        return Turn(state=asked, effects=(record, moment.say(asked, f"item.{item}", ("item.skip", "exit"))))
    if matter is None:
        return moment.answer(replace(moment.state, question=None), "consent.stale", ("talk.now", "menu", "exit"))
    if moment.state.open_case is not None:
        return _agreed(moment, matter, moment.state.open_case, record)
    return _hand_over(moment, matter, record)


def _hand_over(moment: Moment, matter: Matter, record: RecordConsent) -> Turn:
    """Open the case in the transaction of the yes; every word said here is true once it commits."""
    state = replace(
        moment.state,
        matter=replace(matter, stage=advance(matter.stage, "yes") or "shared"),
        contact=Contact(case_id=PENDING_CASE),
    )
    if matter.previewed:
        state = _to_be_forgotten(moment, state)
    opened = OpenCase(
        urgency=matter.urgency,
        # The label of a harm would tell what the line said; how soon somebody must come is told all the same.
        harms=() if matter.left_out else matter.harms,
        subject=matter.subject,
        from_seq=matter.from_seq,
        consent_seq=record.message_seq,
        left_out=matter.left_out,
    )
    effects: tuple[Effect, ...] = (
        record,
        opened,
        moment.say(state, "handover.done", ("discreet.on", "breathe", "withdraw", "exit"), protect=True),
        *limits.reply_window(moment, state),
        *limits.screen_where_untold(moment, state),
        wait.status(moment, state),
        *wait.start_timers(),
        *((SetTimer(name="context", after=CONTEXT),) if matter.previewed else ()),
    )
    asked = ask_item(moment, state, "nickname")
    return Turn(state=asked.state, effects=(*effects, *asked.effects))


def _agreed(moment: Moment, matter: Matter, case: Contact, record: RecordConsent) -> Turn:
    """Add the yes to a case that was opened without one, and show what its counsellor wrote meanwhile."""
    state = replace(moment.state, matter=replace(matter, stage=advance(matter.stage, "yes") or "shared"))
    if matter.previewed:
        state = _to_be_forgotten(moment, state)
    effects = (
        replace(record, case_id=case.case_id),
        AgreeCase(from_seq=matter.from_seq, left_out=matter.left_out),
        *((SetTimer(name="context", after=CONTEXT),) if matter.previewed else ()),
        moment.say(state, "handover.agreed", ("discreet.on", "breathe", "withdraw", "exit"), protect=True),
        *limits.reply_window(moment, state),
    )
    there = contact.show(replace(moment, state=state))
    if case.connected:
        return replace(there, effects=(*effects, *there.effects))
    asked = ask_item(moment, there.state, "nickname")
    return Turn(state=asked.state, effects=(*effects, *there.effects, *asked.effects))


# --- no, and what is neither ---------------------------------------------------------------------------------------


def _refused(moment: Moment, item: Item, question: Question) -> Turn:
    record = _record(moment, item, "refused", question)
    if item != "conversation":
        return _next_item(moment, moment.state, item, record)
    matter, case = moment.state.matter, moment.state.open_case
    if matter is not None:
        matter = replace(matter, stage=advance(matter.stage, "no") or "refused")
    state = _to_be_forgotten(moment, replace(moment.state, question=None, matter=matter, offered=True))
    told: tuple[Effect, ...] = ()
    if case is not None:
        # Opened without a yes: it stays, and nothing more is added to it.
        state = replace(state, contact=replace(case, way="refused"))
        record, told = replace(record, case_id=case.case_id), (TellDesk(what="refused"),)
    return Turn(
        state=state,
        effects=(
            record,
            *told,
            SetTimer(name="context", after=CONTEXT),
            moment.say(state, _truthful(state, "consent.refused"), ("talk.now", "menu", "exit"), protect=True),
        ),
    )


def _unclear(moment: Moment, item: Item, question: Question, message_id: str) -> Turn:
    """Ask once more; a second unclear answer ends the question for now, with 111 and the offer standing."""
    state = moment.state
    if question.asked == 1:
        matter = state.matter
        if matter is not None and item == "conversation":
            state = replace(state, matter=replace(matter, stage=advance(matter.stage, "unclear") or matter.stage))
        asked = replace(state, question=replace(question, asked=2))
        return Turn(state=asked, effects=(_question_words(moment, asked, item, message_id),))
    if item != "conversation":
        return _next_item(moment, state, item)
    matter = state.matter
    if matter is not None:
        matter = replace(matter, stage=advance(matter.stage, "unclear") or "lapsed")
    lapsed = _to_be_forgotten(moment, replace(state, question=None, matter=matter, offered=True))
    return Turn(
        state=lapsed,
        effects=(
            SetTimer(name="context", after=CONTEXT),
            moment.say(lapsed, _truthful(lapsed, "consent.lapsed"), ("talk.now", "menu", "exit"), protect=True),
        ),
    )


def _to_be_forgotten(moment: Moment, state: State) -> State:
    """Note that what was told so far goes when its context has ended, whatever is told afterwards.

    What belongs to a case stays; after a preview that leaves what was left out, and the preview itself.
    """
    if state.matter is None:
        return state
    span = Refused(from_seq=state.matter.from_seq, to_seq=moment.event.seq, due_at=moment.now + CONTEXT)
    return replace(state, refused=(*state.refused, span))


# --- the optional items --------------------------------------------------------------------------------------------


def _next_item(moment: Moment, state: State, item: Item, *effects: Effect) -> Turn:
    if state.contact is not None and state.contact.connected:
        return _items_done(moment, state, *effects)  # beside a talk only what was asked for is asked
    following = OPTIONAL_ITEMS[OPTIONAL_ITEMS.index(item) + 1 :]
    if not following:
        return _items_done(moment, state, *effects)
    asked = ask_item(moment, state, following[0])
    return Turn(state=asked.state, effects=(*effects, *asked.effects))


def _items_done(moment: Moment, state: State, *effects: Effect) -> Turn:
    done = replace(state, question=None)
    connected = done.contact is not None and done.contact.connected
    choices = ("counsellor.end", "exit") if connected else wait.WAITING_CHOICES
    return Turn(state=done, effects=(*effects, moment.say(done, "item.done", choices, protect=True)))


def _take_value(moment: Moment, question: Question) -> Turn | None:
    item: Item = question.item  # type: ignore[assignment]
    if moment.choice == "item.skip":
        return _next_item(moment, moment.state, item)
    if moment.choice is not None or not isinstance(moment.event, Said):
        return _stale(moment)
    if read_agreement(moment.text) == "no":
        return _next_item(moment, moment.state, item, _record(moment, item, "withdrawn", question))
    value = " ".join(moment.text.split())[:_VALUE_LENGTH]
    if item == "phone":
        value = re.sub(r"[\s.\-()]", "", value)
        if not _PHONE.match(value):
            return Turn(
                state=moment.state,
                effects=(moment.say(moment.state, "item.phone_again", choices_of(question)),),
            )
    if item == "area":
        value = _with_official_name(moment.content, value)
    return _next_item(moment, moment.state, item, SetItem(item=item, value=value))


def _with_official_name(content: Content, typed: str) -> str:
    """Put today's name behind what was typed where it is another one, for the counsellor: "sg → Thành phố …"."""
    found = content.places.one(typed)
    same = found is not None and typed.casefold() in {found.name.casefold(), found.province.name.casefold()}
    return typed if found is None or same else f"{typed} → {found.name}"
