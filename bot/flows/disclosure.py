"""Hearing a child: the first reply, the gentle question, what deepens, and the way to a counsellor."""

from dataclasses import replace

from bot.effects import Effect, RaiseCase, Reading
from bot.events import Attached, Rang, Said
from bot.flows import consent, contact, first_reply, gentle, onboarding, refused
from bot.flows.attached import refusal
from bot.hearing import meant_otherwise_alone
from bot.moment import Moment, Turn
from bot.protocol import advance
from bot.state import Question
from nlu.answers import admits_harm, names_injury, read_about, read_agreement, read_safety
from nlu.understanding import Understanding

TALK_CHOICES = ("talk.now", "talk.later", "exit")
# Intents that say, in plain words, that the child wants to go on to something else.
_MOVING_ON = frozenset({"menu", "learn", "quiz", "change_profile", "delete_data", "goodbye"})
_SURE = 0.9


def hear(moment: Moment) -> Turn | None:
    """Answer everything that belongs to a disclosure, the gravest first."""
    if isinstance(moment.event, Rang) and moment.event.name == "context":
        return refused.forget(moment)
    if isinstance(moment.event, Attached):
        return _attached(moment, moment.event)
    if moment.choice is not None:
        return _chosen(moment)
    if moment.reading is None or not isinstance(moment.event, Said):
        return None
    if moment.state.open_contact is not None:
        return _more_for_the_case(moment, moment.reading)
    if moment.open_matter is not None:
        return _in_matter(moment, moment.reading)
    return _first_time(moment, moment.reading)


# --- the first time ------------------------------------------------------------------------------------------------


def _first_time(moment: Moment, reading: Reading) -> Turn | None:
    only_together = reading.together.decision == "disclosure" and reading.alone.decision != "disclosure"
    heard = reading.together if only_together else gentle.hint_in(reading)
    question = moment.state.question
    if heard.decision == "disclosure" or first_reply.own_deed(moment):
        return first_reply.reply(moment, first_reply.new_matter(moment, heard))
    if question is not None and question.kind == "about":
        answer = read_about(moment.text)
        if answer in {"me", "friend", "silent"}:
            return gentle.about(moment, f"about.{answer}")
        if answer in {"lesson", "nothing"}:
            return gentle.about(moment, "about.lesson")
        if heard.decision == "borderline" and gentle.said_again(moment):
            return gentle.about(moment, "about.me")
    meant_otherwise = onboarding.is_answer(moment) or meant_otherwise_alone(moment.state, reading, moment.text)
    return gentle.ask(moment, heard) if heard.decision == "borderline" and not meant_otherwise else None


# --- inside an open matter -----------------------------------------------------------------------------------------


def _in_matter(moment: Moment, reading: Reading) -> Turn | None:
    question = moment.state.question
    danger = reading.alone.decision == "disclosure"
    if question is None:
        return _again(moment, reading) if danger else None
    deeper = _deepened(moment, reading) if danger else moment
    if question.kind in {"safe", "talk"}:
        return _answered(deeper, moment, question, reading)
    if not danger:
        return None
    if question.kind == "consent" and read_agreement(moment.text) not in {"other", "ambiguous"}:
        return consent.answer(deeper)
    return _deeper_words(deeper, moment, question)


def _deepened(moment: Moment, reading: Reading) -> Moment:
    """Return the moment with the matter made graver by what was just told; urgency only rises."""
    matter = moment.state.matter
    if matter is None:
        return moment
    told = replace(matter, harms=reading.alone.harms, urgency=reading.alone.urgency)
    matter = replace(
        gentle.merged(matter, told),
        injured=matter.injured or names_injury(moment.text),
        own_act=matter.own_act or admits_harm(moment.text),
    )
    return replace(moment, state=replace(moment.state, matter=matter, heard=moment.remembered(hint=True)))


def _answered(moment: Moment, before: Moment, question: Question, reading: Reading) -> Turn | None:
    """Answer what was typed to "are you safe" or "do you want a counsellor"."""
    choice = _typed_answer(moment.text, question, reading)
    danger = reading.alone.decision == "disclosure"
    if choice is not None and not (danger and choice in {"safe.yes", "talk.later"}):
        return _chosen(replace(moment, choice=choice))
    if danger:
        return _deeper_words(moment, before, question)
    if _moves_on(reading.alone):
        return None
    choices = first_reply.FIRST_CHOICES if question.kind == "safe" else TALK_CHOICES
    state = replace(moment.state, heard=moment.remembered(hint=True))
    return moment.answer(state, "disclosure.here", choices, protect=True)


def _typed_answer(text: str, question: Question, reading: Reading) -> str | None:
    intent = reading.alone.intent
    if intent == "talk_to_human":
        return "talk.now"
    if question.kind == "safe":
        return {"safe": "safe.yes", "unsafe": "safe.no"}.get(read_safety(text))
    # This yes only leads to the consent question, where a particle will not do; here it is heard.
    agreed = read_agreement(text)
    if agreed in {"yes", "conditional"} or (agreed == "ambiguous" and intent == "affirm"):
        return "talk.now"
    return "talk.later" if agreed == "no" or intent == "deny" else None


def _moves_on(alone: Understanding) -> bool:
    return alone.decision == "none" and alone.confidence >= _SURE and alone.intent in _MOVING_ON


def _deeper_words(moment: Moment, before: Moment, question: Question) -> Turn:
    """Thank for what was told further and keep the open question open; numbers first when others are right now."""
    matter, old = moment.state.matter, before.state.matter
    choices: tuple[str, ...] = first_reply.FIRST_CHOICES
    if question.kind in {"consent", "item"}:
        choices = consent.choices_of(question, passed_on=moment.state.passed_on)
    if matter is not None and old is not None and first_reply.numbers(matter) != first_reply.numbers(old):
        return Turn(state=moment.state, effects=first_reply.words(moment, moment.state, matter, choices))
    return moment.answer(moment.state, "disclosure.more", choices, protect=True)


def _again(moment: Moment, reading: Reading) -> Turn:
    """Offer again after a "no" or "later": once for each new disclosure."""
    deeper = _deepened(moment, reading)
    matter = deeper.state.matter
    stage = advance(matter.stage, "hear") if matter is not None else None
    if matter is None or stage is None:
        return Turn(state=moment.state)
    return first_reply.reply(deeper, replace(matter, stage=stage))


# --- when a case is open -------------------------------------------------------------------------------------------


def _more_for_the_case(moment: Moment, reading: Reading) -> Turn | None:
    """Raise the open case with new danger; an emergency gives the numbers at once."""
    heard = reading.alone
    if heard.decision != "disclosure":
        return None
    effect = RaiseCase(urgency=heard.urgency, harms=heard.harms)
    old = moment.state.matter
    deeper = _deepened(moment, reading)
    matter = deeper.state.matter
    if matter is None or old is None or deeper.state.contact is None:
        return Turn(state=moment.state, effects=(effect,))
    hidden = deeper.state.contact.hidden
    choices = _beside_a_case(deeper)
    if contact.is_locked(deeper.state, deeper):
        # The case hears it all the same.
        seen = first_reply.words(deeper, deeper.state, matter, choices)
        back = replace(deeper.state, contact=replace(deeper.state.contact, hidden=False))
        return Turn(state=back, effects=(effect, *seen))
    numbers: tuple[Effect, ...] = ()
    if heard.urgency == "emergency" and (hidden or old.urgency != "emergency"):
        numbers = first_reply.words(deeper, deeper.state, matter, choices)
    if hidden:
        back_again = contact.show(deeper)
        return Turn(state=back_again.state, effects=(effect, *numbers, *back_again.effects))
    if numbers:
        return Turn(state=deeper.state, effects=(effect, *numbers))
    return deeper.answer(deeper.state, "waiting.heard", choices, protect=True).then(effect)


def _beside_a_case(moment: Moment) -> tuple[str, ...]:
    """Return what is offered beside an open case; before the discreet word nothing may show that there is one."""
    return ("talk.now", "exit") if contact.is_locked(moment.state, moment) else ("breathe", "withdraw", "exit")


def _attached(moment: Moment, event: Attached) -> Turn | None:
    """Keep the open question open under a sticker or a picture: no jokes inside a disclosure."""
    question = moment.state.question
    if question is None or question.kind not in {"safe", "talk", "about"}:
        return None
    choices = {"safe": first_reply.FIRST_CHOICES, "talk": TALK_CHOICES, "about": gentle.CHOICES}[question.kind]
    if event.kind == "sticker":
        return moment.answer(moment.state, "disclosure.here", choices, protect=True)
    return Turn(state=moment.state, effects=(refusal(moment, moment.state, choices, protect=True),))


# --- buttons -------------------------------------------------------------------------------------------------------


def _chosen(moment: Moment) -> Turn | None:
    match moment.choice:
        case "safe.yes":
            return _safe(moment)
        case "safe.no":
            return _unsafe(moment)
        case "talk.now":
            return _talk(moment)
        case "talk.later":
            return _later(moment)
        case "about.me" | "about.friend" | "about.lesson" | "about.silent":
            return gentle.about(moment, moment.choice)
        case _:
            return None


def _safe(moment: Moment) -> Turn:
    if moment.state.matter is None or moment.state.open_contact is not None:
        return moment.answer(replace(moment.state, question=None), "safe.glad", ("menu", "talk.now", "exit"))
    state = replace(moment.state, question=Question(kind="talk"), heard=moment.remembered(hint=True))
    return moment.answer(state, "disclosure.safe", TALK_CHOICES, protect=True)


def _unsafe(moment: Moment) -> Turn:
    """Make any disclosure an emergency: numbers first, then the way to a counsellor."""
    matter = moment.open_matter or first_reply.new_matter(moment, None)
    matter = replace(matter, urgency="emergency")
    if moment.state.open_contact is not None:
        state = replace(moment.state, matter=matter)
        words = first_reply.words(moment, state, matter, _beside_a_case(moment))
        return Turn(state=state, effects=(RaiseCase(urgency="emergency", harms=()), *words))
    state = first_reply.listening(moment, matter, Question(kind="talk"))
    words = first_reply.words(moment, state, matter, TALK_CHOICES, message_id="disclosure.unsafe")
    return Turn(state=state, effects=words)


def _talk(moment: Moment) -> Turn:
    """Lead to a counsellor: back to an open contact, or to the consent question."""
    state = moment.state
    if state.contact is not None and not state.passed_on:
        return _back_to_contact(moment)
    matter = moment.open_matter or first_reply.new_matter(moment, None)
    matter = replace(matter, stage=advance(matter.stage, "talk") or "asked")
    return consent.ask(moment, first_reply.listening(moment, matter, None))


def _back_to_contact(moment: Moment) -> Turn:
    """Show the open contact again; in discreet mode only the word does that."""
    if contact.is_locked(moment.state, moment):
        return moment.answer(replace(moment.state, question=None), "discreet.locked", ("menu", "exit"))
    return contact.show(moment)


def _later(moment: Moment) -> Turn:
    matter = moment.state.matter
    if matter is not None:
        matter = replace(matter, stage=advance(matter.stage, "later") or matter.stage)
    state = replace(moment.state, question=None, matter=matter)
    return moment.answer(state, "disclosure.later", first_reply.ways_after(state), protect=matter is not None)
