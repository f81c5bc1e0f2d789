"""The gentle question, asked once about a hint: a story of one's own or of a friend is a disclosure."""

from dataclasses import replace

from bot.effects import Reading
from bot.flows import first_reply
from bot.moment import Moment, Turn
from bot.state import Matter, Question
from escalation.priority import rises
from nlu.answers.phrases import words_of
from nlu.understanding import Subject, Understanding

CHOICES = ("about.me", "about.friend", "about.lesson", "about.silent", "exit")


def hint_in(reading: Reading) -> Understanding:
    """Return the hint of the message itself, where it holds one: earlier ones were answered when they came."""
    return reading.alone if reading.alone.decision != "none" else reading.together


def said_again(moment: Moment) -> bool:
    """Tell whether the very words of the hint are the answer to the question about it: that is an answer."""
    said = words_of(moment.text)
    return any(heard.hint and words_of(heard.text) == said for heard in moment.state.heard)


def _stay(moment: Moment) -> Turn | None:
    """Say once, where a hint comes again before the question about it is answered, that 111 and the bot are here."""
    question = moment.state.question
    if question is None or question.kind != "about" or question.asked > 1:
        return None
    state = replace(moment.state, question=replace(question, asked=2), heard=moment.remembered(hint=True))
    return moment.answer(state, "disclosure.here", CHOICES, protect=True)


def ask(moment: Moment, heard: Understanding) -> Turn | None:
    """Ask once whose story it is; danger now is another hint, and the numbers stand before the question about it."""
    matter = first_reply.new_matter(moment, heard)
    urgent = matter.urgency == "emergency"
    hint = " ".join([*sorted(heard.harms), *(["now"] if urgent else [])]) or "hint"
    if hint in moment.state.asked_about:
        return _stay(moment)
    question, unanswered = moment.state.question, moment.state.hint
    state = replace(
        moment.state,
        question=Question(kind="about"),
        hint=merged(unanswered, matter) if unanswered and question and question.kind == "about" else matter,
        asked_about=(*moment.state.asked_about, hint),
        heard=moment.remembered(hint=True),
    )
    message_id = "about.urgent" if urgent else "about.ask"
    return moment.answer(state, message_id, CHOICES, protect=True, **first_reply.numbers(matter))


def about(moment: Moment, choice: str) -> Turn:
    """Take the answer: a lesson goes on, and what is somebody's story is answered as a disclosure."""
    if choice == "about.lesson":
        state = replace(moment.state, question=None, heard=moment.remembered())
        choices = ("next", "menu", "exit") if state.flow.kind == "lesson" else ("learn", "menu", "exit")
        return moment.answer(state, "about.fine", choices)
    if moment.state.hint is None and moment.open_matter is not None:
        return moment.answer(moment.state, "disclosure.here", first_reply.FIRST_CHOICES, protect=True)
    return first_reply.reply(moment, _hinted(moment, "other_child" if choice == "about.friend" else "self"))


def _hinted(moment: Moment, subject: Subject) -> Matter:
    """Return the matter behind the hint: at least moderate, higher if the words said so."""
    hint = moment.state.hint
    told = first_reply.new_matter(moment, hint_in(moment.reading) if moment.reading is not None else None)
    if hint is None:
        return replace(told, subject=subject)
    # A parent's hint about the own child stays that; "about me" names the family.
    kept = hint.subject if subject == "self" and moment.state.audience == "parent" else subject
    return replace(merged(hint, told), subject=kept)


def merged(hint: Matter, told: Matter) -> Matter:
    """The hint with the harms of what was told added; urgency only rises."""
    merged = hint.harms + tuple(harm for harm in told.harms if harm not in hint.harms)
    return replace(hint, harms=merged, urgency=told.urgency if rises(hint.urgency, told.urgency) else hint.urgency)
