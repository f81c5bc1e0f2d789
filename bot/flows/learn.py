"""Everything that is learned here: which of its flows takes a choice, and what "next" and an answer mean in each."""

from dataclasses import replace

from bot.flows import daily, lessons, measure, progress, questions, quiz, topic_list
from bot.moment import Moment, Turn
from bot.state import SKIPPABLE, Flow, State


def proceed(moment: Moment) -> Turn | None:
    """Open a topic or a challenge, turn to the next card, take an answer."""
    choice = moment.choice or questions.typed_answer(moment) or topic_list.typed(moment)
    if choice is None:
        return None
    verb, _, rest = choice.partition(".")
    state = replace(moment.state, question=None)
    match verb:
        case "learn" | "quiz" | "advice" if rest in moment.content.topics:
            return _open(moment, state, verb, rest)
        case "learn" | "quiz" | "advice":
            return topic_list.show(moment, state, "advice" if state.role == "parent" else verb)
        case "more":
            return topic_list.more(moment, state, _verb(state))
        case "path" | "daily" | "progress":
            return _along_the_path(moment, state, verb)
        case "next":
            return _next(moment, state)
        case "stop":
            return moment.answer(replace(state, flow=Flow()), "learn.stopped", _ways(state))
        case _:
            return _answer(moment, state, rest) if _answers(choice, state) else None


def _answers(choice: str, state: State) -> bool:
    return choice.startswith("answer.") or (choice == "item.skip" and state.flow.kind in SKIPPABLE)


def _along_the_path(moment: Moment, state: State, verb: str) -> Turn:
    if verb == "progress":
        return progress.show(moment, replace(state, flow=Flow()))
    if verb == "daily":
        return _list(moment, state) if state.role == "parent" else daily.start(moment, state)
    if state.flow.kind in {"lesson", "advice"}:
        return _next(moment, state)  # "học tiếp" inside a lesson is about this lesson
    following = topic_list.next_topic(moment, state)
    return _open(moment, state, _verb(state), following) if following else _list(moment, state)


def _verb(state: State) -> str:
    return "advice" if state.role == "parent" else "learn"


def _ways(state: State) -> tuple[str, ...]:
    return ("advice", "menu", "exit") if state.role == "parent" else ("learn", "quiz", "menu", "exit")


def _list(moment: Moment, state: State) -> Turn:
    return topic_list.show(moment, state, _verb(state))


def _open(moment: Moment, state: State, verb: str, topic: str) -> Turn:
    """Parents read advice; a quiz asked for by id is still theirs to see."""
    if verb == "quiz":
        return quiz.ask(moment, replace(state, flow=Flow(kind="quiz", topic=topic)))
    advice = verb == "advice" or state.role == "parent"
    return lessons.page(moment, replace(state, flow=Flow(kind="advice" if advice else "lesson", topic=topic)))


def _next(moment: Moment, state: State) -> Turn:
    match state.flow.kind:
        case "lesson" | "advice":
            return lessons.page(moment, replace(state, flow=replace(state.flow, step=state.flow.step + 1)))
        case "quiz":
            return quiz.ask(moment, state)
        case "daily":
            return daily.ask(moment, state)
        case "pre" | "post" | "whom":
            return measure.ask(moment, state)
        case _:
            return _list(moment, state)


def _answer(moment: Moment, state: State, answer: str) -> Turn:
    """Take an answer to the question now open; without one the ways on are shown and nothing is counted."""
    match state.flow.kind:
        case "quiz":
            return quiz.take(moment, state, answer)
        case "daily":
            return daily.take(moment, state, answer)
        case "pre" | "post" | "whom":
            return measure.take(moment, state, answer, lessons.page)
        case _:
            return moment.answer(state, "quiz.none_open", _ways(state))
