"""The child's side of an open case: waiting, talking with the counsellor, what is held back while it is not safe."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.effects import Effect, Hold, RaiseCase, Say, TellDesk
from bot.events import Attached, Noticed, Rang, Said
from bot.flows import first_reply, limits
from bot.flows import waiting as wait
from bot.flows.attached import refusal
from bot.moment import Moment, Turn
from bot.state import Contact, Flow, HeldReply, Question, State, change_person
from nlu.answers import read_agreement
from nlu.normalise import fold

UNLOCKED = timedelta(minutes=10)  # discreet mode: how long after the child last wrote the chat stays open
CONTACT_CHOICES = ("counsellor.end", "counsellor.other", "exit")
# Rights that a child keeps while a counsellor is connected.
_RIGHTS = {
    "withdraw", "withdraw.confirm", "delete", "delete.confirm", "discreet.on", "discreet.off",
    "share.nickname", "share.area", "share.phone", "counsellor.other", "complain", "complaint.drop",
    "receipts", "export", "export.file", "followup.no", "referral.stop",
}  # fmt: skip


def is_locked(state: State, moment: Moment) -> bool:
    """Tell whether discreet mode hides the contact until the child shows its word."""
    return locked_at(state, moment.now)


def locked_at(state: State, now: datetime) -> bool:
    """Tell the same of any time."""
    contact = state.contact
    if contact is None or not state.discreet_word:
        return False
    return contact.unlocked_at is None or now - contact.unlocked_at >= UNLOCKED


def is_hidden_at(state: State, now: datetime) -> bool:
    """Tell whether nothing about help may be pushed: the contact is hidden, or discreet mode has not been opened."""
    if state.contact is not None and state.contact.hidden:
        return True
    return bool(state.discreet_word) and (state.contact is None or locked_at(state, now))


def is_shown(state: State, moment: Moment) -> bool:
    """Tell whether something about help may be shown now."""
    contact = state.contact
    return contact is not None and not contact.hidden and contact.way != "refused" and not is_locked(state, moment)


def talking(state: State, now: datetime) -> bool:
    """Tell whether a counsellor is there and nothing hides the talk from the person at this moment."""
    contact = state.contact
    if contact is None or not contact.connected or contact.closed or contact.hidden or contact.way == "refused":
        return False
    return not locked_at(state, now)


def notices(moment: Moment) -> Turn | None:
    """Answer what the desk did."""
    if not isinstance(moment.event, Noticed):
        return None
    contact = moment.state.contact
    if contact is not None and contact.case_id == moment.event.case_id:
        return _NOTICES[moment.event.event](moment, moment.event, contact)
    return _notice_aside(moment, moment.event)


def _notice_aside(moment: Moment, event: Noticed) -> Turn:
    """Take a notice for the other person on this phone: nothing shows, at most the neutral line."""
    aside = moment.state.aside
    if aside is None or aside.contact is None or aside.contact.case_id != event.case_id:
        return Turn(state=moment.state)
    theirs = replace(
        moment.state, matter=aside.matter, contact=aside.contact, discreet_word=aside.discreet_word, aside=None
    )
    result = _NOTICES[event.event](replace(moment, state=theirs), event, aside.contact)
    kept = replace(aside, matter=result.state.matter, contact=result.state.contact)
    return replace(result, state=replace(moment.state, aside=kept))


def _joined(moment: Moment, event: Noticed, contact: Contact) -> Turn:
    contact = replace(contact, connected=True, name=event.name)
    shown = is_shown(moment.state, moment)
    # The bot falls silent for someone who sees the counsellor; it keeps no question open behind their back.
    state = replace(moment.state, contact=contact)
    turn = Turn(state=state, effects=wait.stop_timers())
    if not shown:
        return turn
    # A press that is on its way to the question about a case opened without a yes still counts: it may be a no.
    asked = state.question if state.passed_on and _is_about_the_case(state.question) else None
    quiet = replace(state, question=asked, flow=Flow(), contact=replace(contact, way="talk"))
    told = {"name": event.name} | ({"before": event.before} if event.before else {})
    message_id = "contact.passed" if event.before else "contact.joined"
    return Turn(state=quiet, effects=turn.effects).then(
        moment.say(quiet, message_id, CONTACT_CHOICES, push=True, protect=True, **told)
    )


def _said(moment: Moment, event: Noticed, contact: Contact) -> Turn:
    state = moment.state
    if is_shown(state, moment):
        state = replace(state, question=_spoken_over(state.question))
        return Turn(state=state, effects=(_spoken(moment, state, event.text, event.name),))
    held = (*contact.held, HeldReply(seq=event.seq, text=event.text, name=event.name))
    announce = bool(state.discreet_word) and not contact.announced and contact.way != "refused"
    state = replace(state, contact=replace(contact, held=held, announced=contact.announced or announce))
    turn = Turn(state=state, effects=(Hold(case_id=contact.case_id, seq=event.seq, text=event.text, name=event.name),))
    return turn.then(moment.say(state, "discreet.neutral", push=True)) if announce else turn


def _released(moment: Moment, _event: Noticed, contact: Contact) -> Turn:
    state = replace(moment.state, contact=replace(contact, connected=False, name=""))
    turn = Turn(state=state, effects=wait.start_timers())
    if not is_shown(state, moment):
        return turn
    return turn.then(moment.say(state, "contact.released", wait.WAITING_CHOICES, push=True, protect=True))


def _silent(moment: Moment, _event: Noticed, _contact: Contact) -> Turn:
    turn = Turn(state=moment.state)
    if not is_shown(moment.state, moment) or moment.state.discreet_word:
        return turn
    return turn.then(moment.say(moment.state, "contact.silent", CONTACT_CHOICES, push=True, protect=True))


def _closed(moment: Moment, event: Noticed, contact: Contact) -> Turn:
    shown = is_shown(moment.state, moment)
    keep = replace(contact, connected=False, closed=True) if contact.held else None
    state = replace(moment.state, contact=keep, matter=None, question=None, heard=())
    turn = Turn(state=state, effects=wait.stop_timers())
    if not shown:
        return turn
    turn = replace(turn, state=replace(state, talked_until=moment.now)).then(
        *limits.reply_window(moment, state, push=True)
    )
    return turn.then(moment.say(state, "contact.closed", _after(state), push=True, protect=True, name=event.name))


def _spoken_over(question: Question | None) -> Question | None:
    """Return the question that a counsellor's words now stand behind: a typed yes or no may be meant for them."""
    return None if question is None else replace(question, spoken_over=True)


_NOTICES = {"joined": _joined, "said": _said, "released": _released, "silent": _silent, "closed": _closed}


def _spoken(moment: Moment, state: State, text: str, name: str) -> Say:
    return Say(
        message_id="contact.said",
        text=text,
        choices=moment.offer(state, CONTACT_CHOICES),
        name=name,
        protect=True,
        push=True,
    )


def connected(moment: Moment) -> Turn | None:
    """Keep the bot silent while a counsellor is there; the discreet word opens what is held."""
    state, contact = moment.state, moment.state.contact
    if isinstance(moment.event, Rang | Noticed):
        return None
    if _is_word_of_aside(moment):
        return show(replace(moment, state=change_person(state, "child" if state.person == "parent" else "parent")))
    if contact is None:
        return None
    shown_word = state.discreet_word and isinstance(moment.event, Said) and fold(moment.text) == state.discreet_word
    if shown_word and _has_something_to_show(contact):
        return show(moment)
    if not contact.connected or not is_shown(state, moment):
        return None
    if moment.choice in _RIGHTS or _answers_own_question(moment):
        return None
    if moment.choice == "counsellor.end":
        return _leave(moment, contact)
    awake = replace(
        state,
        contact=replace(contact, unlocked_at=moment.now),
        question=state.question if _is_about_a_referral(state.question) else None,
        heard=moment.remembered(hint=True),
    )
    if isinstance(moment.event, Attached) and moment.event.kind != "sticker":
        return Turn(state=awake, effects=(refusal(moment, awake, CONTACT_CHOICES),))
    return Turn(state=awake, effects=_danger(moment))


def _is_word_of_aside(moment: Moment) -> bool:
    """Tell whether the other person on this phone shows its discreet word: it is back."""
    aside = moment.state.aside
    if aside is None or aside.contact is None or not aside.discreet_word or not isinstance(moment.event, Said):
        return False
    return fold(moment.text) == aside.discreet_word and _has_something_to_show(aside.contact)


def _has_something_to_show(contact: Contact) -> bool:
    """Tell whether there is a talk to come back to; a case without a yes has one only once a counsellor is there."""
    return contact.way == "talk" or (contact.way == "passed_on" and (contact.connected or bool(contact.held)))


def _is_about_the_case(question: Question | None) -> bool:
    return question is not None and question.kind == "consent" and question.item == "conversation"


def _is_about_a_referral(question: Question | None) -> bool:
    return question is not None and question.kind in {"referral", "news"}


def _answers_own_question(moment: Moment) -> bool:
    """Tell whether the words answer a question about the child's own data that is open beside the talk."""
    question = moment.state.question
    if question is None:
        return False
    if moment.choice is not None:
        own = ("consent.", "item.") if question.kind in {"consent", "item"} else ()
        return moment.choice.startswith(("referral.",) if _is_about_a_referral(question) else own)
    if not isinstance(moment.event, Said) or _is_about_the_case(question):
        return False  # a "no" in words answers the counsellor, not the question from before
    if _is_about_a_referral(question):
        told = moment.reading is not None and moment.reading.alone.decision == "disclosure"
        counts = {"yes", "no"} if question.kind == "news" else {"yes", "no", "conditional", "ambiguous"}
        return not told and not question.spoken_over and read_agreement(moment.text) in counts
    asked = question.kind in {"withdraw", "delete", "consent"} and read_agreement(moment.text) in {"yes", "no"}
    return asked or question.kind in {"word", "item", "complaint"}


def _danger(moment: Moment) -> tuple[Effect, ...]:
    if moment.reading is None or moment.reading.alone.decision != "disclosure":
        return ()
    return (RaiseCase(urgency=moment.reading.alone.urgency, harms=moment.reading.alone.harms),)


def _after(state: State) -> tuple[str, ...]:
    return ("complain", *first_reply.ways_after(state))


def _leave(moment: Moment, contact: Contact) -> Turn:
    state = replace(moment.state, contact=replace(contact, hidden=True), question=None, heard=())
    return Turn(state=state, effects=(TellDesk(what="left"),)).then(
        moment.say(state, "contact.left", ("menu", "talk.now", "complain", "exit"))
    )


def show(moment: Moment) -> Turn:
    """Bring an open contact back into view for the one whose it is, with everything that was held."""
    contact = moment.state.contact
    if contact is None:
        return Turn(state=moment.state)
    was_hidden = contact.hidden
    closed = contact.closed
    opened = replace(contact, hidden=False, held=(), announced=False, unlocked_at=moment.now, way="talk")
    state = replace(moment.state, contact=None if closed else opened, question=None, flow=Flow(), away=False)
    effects: list[Effect] = [
        replace(_spoken(moment, state, reply.text, reply.name), push=False, replaces=reply.seq)
        for reply in contact.held
    ]
    if was_hidden and not closed:
        effects.append(TellDesk(what="back"))
    if closed:
        effects.append(moment.say(state, "contact.closed", _after(state), name=contact.name))
    elif not contact.connected:
        effects += [wait.status(moment, state), *wait.start_timers()]
    elif not contact.held:
        effects.append(moment.say(state, "contact.joined", CONTACT_CHOICES, protect=True, name=contact.name))
    return Turn(state=state, effects=tuple(effects))


def waiting(moment: Moment) -> Turn | None:
    """Answer a child that waits: its words reach the case, and the truth about the wait reaches the child."""
    state, contact = moment.state, moment.state.open_contact
    if isinstance(moment.event, Rang) and moment.event.name in wait.WAITING_TIMERS:
        return _waiting_note(moment, moment.event.name)
    if contact is None or contact.connected or not is_shown(state, moment):
        return None
    if moment.choice == "counsellor.end":
        return Turn(state=state, effects=(wait.status(moment, state),))
    if isinstance(moment.event, Said) and moment.choice is None:
        heard = replace(
            state,
            heard=moment.remembered(hint=True),
            contact=replace(contact, unlocked_at=moment.now) if state.discreet_word else contact,
        )
        return Turn(state=heard, effects=(moment.say(heard, "waiting.heard", wait.WAITING_CHOICES, protect=True),))
    return None


def _waiting_note(moment: Moment, name: str) -> Turn:
    state, contact = moment.state, moment.state.open_contact
    if contact is None or contact.connected or contact.hidden or state.discreet_word:
        return Turn(state=state)
    message_id = "waiting.long" if name == "waiting.10" else "waiting.note"
    if not moment.desk.staffed:
        message_id = "waiting.nobody"
    return Turn(state=state, effects=(moment.say(state, message_id, wait.WAITING_CHOICES, push=True, protect=True),))
