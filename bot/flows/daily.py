"""The challenge of the day: three questions, asked for and never pushed, missed ones first."""

from dataclasses import replace

from bot import learning
from bot.cards import day_of
from bot.effects import Effect
from bot.flows import questions
from bot.moment import Moment, Turn
from bot.state import Flow, State
from content.schema import Question


def start(moment: Moment, state: State) -> Turn:
    """Choose the questions and ask the first."""
    known = learning.without_unknown(state.learning, moment.content.question_ids)
    chosen = learning.challenge(known, tuple(_on_offer(moment, state)), day_of(moment.now))
    begun = replace(state.having_learned(known), flow=Flow(kind="daily", questions=chosen))
    return ask(moment, begun)


def ask(moment: Moment, state: State, *before: Effect) -> Turn:
    """Ask the question at hand, or say how it went behind the last one."""
    flow, asked_for = state.flow, state.flow.questions
    if flow.step >= len(asked_for):
        done = replace(state, flow=Flow())
        ways = ("path", "progress", "menu", "exit")
        score = moment.say(done, "daily.score", ways, right=flow.right, total=len(asked_for))
        return Turn(state=done, effects=(*before, score))
    question = _on_offer(moment, state).get(asked_for[flow.step])
    if question is None:  # gone since, or not there in the language now chosen
        left = tuple(other for other in asked_for if other != asked_for[flow.step])
        return ask(moment, replace(state, flow=replace(flow, questions=left)), *before)
    number = f"{flow.step + 1}/{len(asked_for)}. "
    head = number if flow.step else f"{moment.say(state, 'daily.start').text}\n\n{number}"
    return Turn(state=state, effects=(*before, questions.show(moment, state, question, head)))


def take(moment: Moment, state: State, answer: str) -> Turn:
    """Take an answer; one that is no option shows the question again."""
    flow = state.flow
    question = _on_offer(moment, state).get(flow.questions[flow.step]) if flow.step < len(flow.questions) else None
    place = questions.chosen(answer, len(question.options)) if question is not None else None
    if question is None or place is None:
        return ask(moment, state)
    correct = question.options[place].correct
    learned = learning.answer(state.learning, question.id, day_of(moment.now), correct=correct)
    after = replace(state, flow=replace(flow, step=flow.step + 1, right=flow.right + correct)).having_learned(learned)
    return ask(moment, after, questions.verdict(moment, after, question, place))


def _on_offer(moment: Moment, state: State) -> dict[str, Question]:
    """Return the questions for this age and language: of finished topics first, then along the path.

    What is asked before and after a lesson measures it, and stays out of the challenge until the lesson is finished.
    """
    path = moment.content.paths[state.band or "6-10"]
    finished = [topic for topic in path if topic in state.learning.topics]
    return {
        question.id: question
        for topic in dict.fromkeys((*finished, *path))
        for question in moment.content.quiz(topic, state.band, state.language).questions
        if question.measure is None or topic in finished
    }
