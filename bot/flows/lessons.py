"""Lessons and advice, card by card."""

from dataclasses import replace

from bot import learning
from bot.cards import day_of
from bot.effects import Effect, Say
from bot.flows import awards, measure
from bot.moment import Moment, Turn
from bot.state import Flow, State
from content.render import to_plain
from content.schema import Advice, Lesson


def page(moment: Moment, state: State, *before: Effect) -> Turn:
    """Show the card at hand, or the end behind the last one; around a lesson stand the questions of the measure."""
    flow = state.flow
    pages = (
        moment.content.advice(flow.topic, state.language)
        if flow.kind == "advice"
        else moment.content.lesson(flow.topic, state.band, state.language)
    )
    if flow.step >= len(pages.cards):
        return _end(moment, state, *before)
    asked = measure.before_lesson(moment, state) if flow.kind == "lesson" and flow.step == 0 else None
    shown = asked or Turn(state=state, effects=(_card(moment, state, pages),))
    return replace(shown, effects=(*before, *shown.effects))


def _card(moment: Moment, state: State, pages: Lesson | Advice) -> Say:
    flow = state.flow
    text = to_plain(pages.cards[flow.step].text)
    return Say(
        message_id=f"card.{flow.topic}.{flow.step}",
        text=f"{pages.title} ({flow.step + 1}/{len(pages.cards)})\n\n{text}",
        choices=moment.offer(state, ("next", "stop", "exit")),
        picture=f"cover.{flow.topic}" if flow.step == 0 else None,
    )


def _end(moment: Moment, state: State, *before: Effect) -> Turn:
    """Note that it was finished, once; ask what is still to be asked, else offer the ways on."""
    topic, kind = state.flow.topic, state.flow.kind
    finished = state
    if (state.person == "parent") == (kind == "advice"):
        finished = state.having_learned(learning.finish(state.learning, topic, day_of(moment.now)))
    asked = measure.after_lesson(moment, finished) if kind == "lesson" else None
    if asked is not None:
        return replace(asked, effects=(*before, *awards.earned(moment, state, finished), *asked.effects))
    title = moment.content.topic_title(topic, state.audience, state.language)
    done = replace(finished, flow=Flow())
    said = moment.say(done, "advice.done" if kind == "advice" else "learn.done", topic=title)
    ways = ("advice", "menu", "talk.now", "exit") if kind == "advice" else (f"quiz.{topic}", "learn", "menu", "exit")
    return Turn(state=done, effects=(*before, *awards.behind(moment, state, done, said, ways)))
