"""What a lesson taught: one question before the first lesson of a topic and the same idea after it.

Twice on the path, at its start and after four topics, a child is asked whom it would tell. All of it can be skipped,
none of it is scored, and what is counted holds no id. While a disclosure or a hint of one is in
the air, nothing is asked.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from bot import learning
from bot.cards import day_of
from bot.effects import Count, Effect, Say
from bot.flows import questions
from bot.learning import Confidant, Outcome
from bot.moment import Moment, Turn
from bot.state import Flow, FlowKind, State
from content.schema import Question, When

CONFIDANTS: tuple[Confidant, ...] = tuple(answer for answer in get_args(Confidant) if answer != "skipped")
_WAYS = ("item.skip", "stop", "exit")
GoOn = Callable[..., Turn]


def before_lesson(moment: Moment, state: State) -> Turn | None:
    """Ask what is to be asked before the first card of the lesson in `state.flow`, or nothing."""
    topic, known = state.flow.topic, state.learning
    if not _may_ask(moment, state):
        return None
    if not known.told:
        return ask(moment, _in_flow(state, "whom"))
    first_time = topic not in known.topics and known.measure(topic) is None
    return ask(moment, _in_flow(state, "pre")) if first_time and _question(moment, state, "pre") else None


def after_lesson(moment: Moment, state: State) -> Turn | None:
    """Ask what is to be asked behind the last card, or nothing."""
    measure = state.learning.measure(state.flow.topic)
    if not _may_ask(moment, state):
        return None
    if (
        measure is not None
        and measure.before != "skipped"
        and measure.after is None
        and _question(moment, state, "post")
    ):
        return ask(moment, _in_flow(state, "post"))
    again = len(state.learning.told) == 1 and len(state.learning.topics) >= learning.TOPICS_BEFORE_ASKING_AGAIN
    return ask(moment, _in_flow(state, "whom")) if again else None


def ask(moment: Moment, state: State) -> Turn:
    """Show the question of the measure that is open in `state.flow`."""
    if state.flow.kind == "whom":
        said = moment.say(state, "whom.ask", _WAYS)
        return Turn(state=state, effects=(_with_numbers(said),))
    when: When = "pre" if state.flow.kind == "pre" else "post"
    question = _question(moment, state, when)
    if question is None:
        return Turn(state=state)
    head = f"{moment.say(state, f'measure.{when}').text}\n\n"
    return Turn(state=state, effects=(questions.show(moment, state, question, head, _WAYS),))


def take(moment: Moment, state: State, answer: str, go_on: GoOn) -> Turn:
    """Note an answer (or "skip") and let the lesson go on; what is no option shows the question again."""
    if state.flow.kind == "whom":
        return _take_whom(moment, state, answer, go_on)
    when: When = "pre" if state.flow.kind == "pre" else "post"
    question = _question(moment, state, when)
    place = questions.chosen(answer, len(question.options)) if question is not None else None
    if place is None and question is not None and answer != "skip":
        return ask(moment, state)
    outcome: Outcome = "skipped"
    said: tuple[Say, ...] = ()
    today, known = day_of(moment.now), state.learning
    if question is not None and place is not None:
        correct = question.options[place].correct
        outcome = "right" if correct else "wrong"
        said = (moment.say(state, "measure.thanks"),)
        if when == "post":
            known = learning.answer(known, question.id, today, correct=correct)
            said = (questions.verdict(moment, state, question, place),)
    topic = state.flow.topic
    known = learning.measured(known, topic, outcome, today, after=when == "post")
    count = Count(measure="knowledge", topic=topic, audience=state.audience, when=when, outcome=outcome)
    return go_on(moment, _in_flow(state, "lesson").having_learned(known), count, *said)


def _take_whom(moment: Moment, state: State, answer: str, go_on: GoOn) -> Turn:
    place = questions.chosen(answer, len(CONFIDANTS))
    if place is None and answer != "skip":
        return ask(moment, state)
    confidant: Confidant = "skipped" if place is None else CONFIDANTS[place]
    when: When = "post" if state.learning.told else "pre"
    count = Count(measure="whom", topic="", audience=state.audience, when=when, outcome=confidant)
    after = _in_flow(state, "lesson").having_learned(learning.tell(state.learning, confidant, day_of(moment.now)))
    if confidant in {"nobody", "unsure"}:
        # The lesson waits behind these words: "next" goes on with it.
        waiting = replace(after, flow=replace(after.flow, step=after.flow.step - 1))
        said = moment.say(waiting, "whom.nobody", ("next", "talk.now", "menu", "exit"))
        return Turn(state=waiting, effects=(count, said))
    thanks: tuple[Effect, ...] = () if confidant == "skipped" else (moment.say(after, "whom.thanks"),)
    return go_on(moment, after, count, *thanks)


def _may_ask(moment: Moment, state: State) -> bool:
    worried = moment.open_matter is not None or state.contact is not None or bool(state.asked_about)
    return state.person == "child" and state.onboarded and not worried


def _in_flow(state: State, kind: FlowKind) -> State:
    return replace(state, flow=Flow(kind=kind, topic=state.flow.topic, step=state.flow.step))


def _question(moment: Moment, state: State, when: When) -> Question | None:
    return moment.content.quiz(state.flow.topic, state.band, state.language).measure(when)


def _with_numbers(said: Say) -> Say:
    return replace(said, choices=(*questions.numbers(len(CONFIDANTS)), *said.choices))
