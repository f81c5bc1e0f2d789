"""Leading a question to the right topic."""

from bot.effects import Say
from bot.moment import Moment
from bot.state import State

_SEEKING = frozenset({"learn", "quiz", "ask_advice"})


def wanted(moment: Moment) -> str:
    """Return the topic that a typed question is about and that we teach, or nothing."""
    if moment.choice is not None:
        return of_choice(moment.choice)
    if moment.reading is None:
        return ""
    alone = moment.reading.alone
    known = alone.topic in moment.content.topics
    return alone.topic if known and alone.intent in _SEEKING else ""


def of_choice(choice: str) -> str:
    """Return the topic inside a choice such as learn.scam, or nothing."""
    _, dot, topic = choice.partition(".")
    return topic if dot and choice.startswith(("learn.", "quiz.", "advice.")) else ""


def lead(moment: Moment, state: State, topic: str) -> Say:
    """Offer the lesson (or, to a parent, the advice) that a question is about."""
    if topic not in moment.content.topics:
        return moment.say(state, "topic.later", ("advice" if state.role == "parent" else "learn", "menu", "exit"))
    title = moment.content.topic_title(topic, state.audience, state.language)
    choices = (
        (f"advice.{topic}", "menu", "exit") if state.role == "parent" else (f"learn.{topic}", f"quiz.{topic}", "menu")
    )
    return moment.say(state, "topic.lead", choices, topic=title)
