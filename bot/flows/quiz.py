"""A quiz of one topic, question by question, to its score."""

from dataclasses import replace

from bot import learning
from bot.cards import day_of
from bot.effects import Effect
from bot.flows import awards, questions
from bot.moment import Moment, Turn
from bot.state import Flow, State
from content.schema import Quiz


def ask(moment: Moment, state: State, *before: Effect) -> Turn:
    """Ask the question at hand, or give the score behind the last one."""
    quiz, step = _quiz(moment, state), state.flow.step
    if step >= len(quiz.questions):
        return _score(moment, state, len(quiz.questions), *before)
    asked = questions.show(moment, state, quiz.questions[step], f"{step + 1}/{len(quiz.questions)}. ")
    return Turn(state=state, effects=(*before, asked))


def take(moment: Moment, state: State, answer: str) -> Turn:
    """Take an answer; one that is no option shows the question again."""
    quiz, flow = _quiz(moment, state), state.flow
    question = quiz.questions[flow.step] if flow.step < len(quiz.questions) else None
    place = questions.chosen(answer, len(question.options)) if question is not None else None
    if question is None or place is None:
        return ask(moment, state)  # a quiz that has become shorter since ends with what was answered
    correct = question.options[place].correct
    after = replace(state, flow=replace(flow, step=flow.step + 1, right=flow.right + correct))
    if state.person == "child":
        today = day_of(moment.now)
        after = after.having_learned(learning.answer(state.learning, question.id, today, correct=correct))
    return ask(moment, after, questions.verdict(moment, after, question, place))


def _quiz(moment: Moment, state: State) -> Quiz:
    return moment.content.quiz(state.flow.topic, state.band, state.language)


def _score(moment: Moment, state: State, total: int, *before: Effect) -> Turn:
    topic, right = state.flow.topic, state.flow.right
    done = replace(state, flow=Flow())
    if state.person == "child":
        done = done.having_learned(learning.score(state.learning, topic, right, total, day_of(moment.now)))
    title = moment.content.topic_title(topic, state.audience, state.language)
    said = moment.say(done, "quiz.score", right=right, total=total, topic=title)
    ways = ("path", "learn", "quiz", "menu", "exit") if state.person == "child" else ("advice", "menu", "exit")
    return Turn(state=done, effects=(*before, *awards.behind(moment, state, done, said, ways)))
