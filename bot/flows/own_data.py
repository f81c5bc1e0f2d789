"""What a person may see of what is kept of it: who read its story, on what ground, and its own data.

A watched phone is the danger here (safety protocol, section 5): whoever holds it may ask "who read it?" and learn from
the answer that a child told. So after a quick exit, a change of person, in a locked discreet mode or with the contact
out of view, both answers are word for word those of a phone on which nothing was ever shared, and both are true there.
Asking for a counsellor, or the discreet word, shows the contact again, and with it these answers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.cards import day_of
from bot.effects import Say
from bot.flows import consent, contact
from bot.learning import KEPT
from bot.moment import Moment, Turn
from bot.own_data import OwnData
from bot.plan import KEPT as CARD_KEPT
from bot.state import State
from bot.times import spoken_day, spoken_time
from escalation.receipts import Decision, Receipt
from store.retention import TALK

CHOICES = frozenset({"receipts", "export", "export.file"})
_WEB = "web"
_ROLES = frozenset({"counsellor", "supervisor"})
_FEW_WORDS = {"6-10": 60, "unknown": 60}
_MOST_WORDS = 90  # of one message; the others read longer ones


def answer(moment: Moment) -> Turn | None:
    """Say who read what and what is kept; an open consent question is asked again behind it."""
    if moment.choice not in CHOICES:
        return None
    own = moment.own or OwnData()
    said = _receipts(moment, own) if moment.choice == "receipts" else _export(moment, own)
    return Turn(state=moment.state, effects=(*said, *consent.still_asked(moment)), private=True)


def may_tell(state: State, now: datetime) -> bool:
    """Tell whether what was shared with 111 may be told of to whoever holds the phone now."""
    if state.away:
        return False
    if state.contact is None:
        return not state.discreet_word
    return not state.contact.hidden and not contact.locked_at(state, now)


# --- who read it ---------------------------------------------------------------------------------------------------


def _receipts(moment: Moment, own: OwnData) -> tuple[Say, ...]:
    if not may_tell(moment.state, moment.now) or not (own.receipts or own.decisions):
        return (moment.say(moment.state, "receipts.none", ("talk.now", "privacy", "menu", "exit"), protect=True),)
    lines = [line for receipt in own.receipts for line in _case(moment, receipt)]
    lines += [_decision(moment, decision) for decision in own.decisions]
    after = ("withdraw", "export") if moment.state.open_contact is not None else ("export", "menu")
    return _paged(moment, "receipts.lead", lines, after)


def _case(moment: Moment, receipt: Receipt) -> Iterator[str]:
    if receipt.basis == "vital_interest":
        yield _words(moment, "receipts.passed_on", time=spoken_time(receipt.opened_at, moment.state.language))
    for decision in receipt.decisions:
        yield _decision(moment, decision)
    if not receipt.readers:
        yield _words(moment, "receipts.unread")
    for reader in receipt.readers:
        role = reader.role if reader.role in _ROLES else "other"
        yield _words(
            moment,
            "receipts.reader",
            name=reader.name,
            role=_words(moment, f"receipts.role.{role}"),
            time=spoken_time(reader.first_at, moment.state.language),
            times=reader.times,
        )
    if receipt.purposes:
        yield _words(moment, "receipts.purpose")
    for ground in receipt.grounds:
        yield _words(moment, f"receipts.ground.{ground}")


def _decision(moment: Moment, decision: Decision) -> str:
    time = spoken_time(decision.at, moment.state.language)
    if decision.item == "referral":
        return _words(moment, f"receipts.referral.{decision.decision}", time=time)
    item = _words(moment, f"receipts.item.{decision.item}")
    return _words(moment, f"receipts.{decision.decision}", item=item, time=time)


# --- what is kept --------------------------------------------------------------------------------------------------


def _export(moment: Moment, own: OwnData) -> tuple[Say, ...]:
    on_web = own.channel == _WEB
    lines = [
        _messages(moment, own),
        _learned(moment),
        *_card(moment),
        *_shared(moment, own),
        _words(moment, "export.on_web") if on_web else _words(moment, "export.elsewhere", pseudonym=own.pseudonym),
    ]
    return _paged(moment, "export.lead", lines, (*(("export.file",) if on_web else ()), "receipts", "delete", "menu"))


def _messages(moment: Moment, own: OwnData) -> str:
    if own.oldest_at is None or own.newest_at is None:
        return _words(moment, "export.no_messages")
    return _words(
        moment,
        "export.messages",
        count=own.messages,
        oldest=_day(moment, own.oldest_at),
        newest=_day(moment, own.newest_at),
        goes=_day(moment, own.oldest_at + TALK),
    )


def _learned(moment: Moment) -> str:
    seen = [learning for learning in moment.state.learned if not learning.hidden]
    last = max((learning.on for learning in seen if learning.on is not None), default=None)
    if last is None:
        return _words(moment, "export.no_learning")
    return _words(
        moment,
        "export.learned",
        topics=sum(len(learning.topics) for learning in seen),
        badges=sum(len(learning.badges) for learning in seen),
        goes=spoken_day(last + KEPT, moment.state.language),
    )


def _card(moment: Moment) -> Iterator[str]:
    plan = moment.state.plan
    if plan is not None and not plan.hidden:
        yield _words(moment, "export.plan", goes=spoken_day(plan.on + CARD_KEPT, moment.state.language))


def _shared(moment: Moment, own: OwnData) -> Iterator[str]:
    if not may_tell(moment.state, moment.now) or not (own.receipts or own.decisions or own.complaints):
        yield _words(moment, "export.nothing_open")
        return
    decided = len(own.decisions) + sum(len(receipt.decisions) for receipt in own.receipts)
    yield _words(moment, "export.cases", count=len(own.receipts))
    yield _words(moment, "export.consents", count=decided)
    if own.complaints:
        yield _words(moment, "export.complaints", count=own.complaints)


def _day(moment: Moment, at: datetime) -> str:
    return spoken_day(day_of(at), moment.state.language)


# --- words ---------------------------------------------------------------------------------------------------------


def _paged(moment: Moment, lead: str, lines: Iterable[str], choices: Iterable[str]) -> tuple[Say, ...]:
    """Say the lines in order, in as few messages as the word limit of this audience allows."""
    most = _FEW_WORDS.get(moment.state.audience, _MOST_WORDS)
    pages = [_words(moment, lead)]
    for line in lines:
        longer = f"{pages[-1]}\n{line}"
        pages = [*pages[:-1], longer] if len(longer.split()) <= most else [*pages, line]
    said = tuple(Say(message_id=lead, text=page, protect=True) for page in pages)
    return (*said[:-1], replace(said[-1], choices=moment.offer(moment.state, (*choices, "exit"))))


def _words(moment: Moment, message_id: str, **params: Any) -> str:
    return moment.say(moment.state, message_id, **params).text
