"""Lessons card by card, quizzes question by question, advice for parents page by page."""

from dataclasses import replace

from bot.effects import Choice, Effect, Say
from bot.events import Said
from bot.moment import Moment, Turn
from bot.state import Flow, State
from content.render import to_plain

TOPICS_AT_ONCE = 5  # more buttons than that is a wall, and Zalo shows no more
_LETTERS = {"a": 1, "b": 2, "c": 3, "d": 4}


def proceed(moment: Moment) -> Turn | None:
    """Open a topic, turn to the next card, take an answer."""
    choice = moment.choice or _typed_answer(moment)
    if choice is None:
        return None
    verb, _, topic = choice.partition(".")
    state = replace(moment.state, question=None)
    match verb:
        case "learn" | "quiz" | "advice" if topic in moment.content.topics:
            return _open(moment, state, _kind_for(state, verb), topic)
        case "learn" | "quiz" | "advice":
            return _list(moment, state, "advice" if state.role == "parent" else verb)
        case "more":
            return _more(moment, state)
        case "next":
            return _next(moment, state)
        case "stop":
            return moment.answer(replace(state, flow=Flow()), "learn.stopped", _ways(state))
        case "answer":
            return _answer(moment, state, topic)
        case _:
            return None


def _kind_for(state: State, verb: str) -> str:
    """Parents read advice; a lesson or quiz asked for by id is still theirs to see."""
    return "advice" if state.role == "parent" and verb == "learn" else verb


def _ways(state: State) -> tuple[str, ...]:
    return ("advice", "menu", "exit") if state.role == "parent" else ("learn", "quiz", "menu", "exit")


def _list(moment: Moment, state: State, verb: str, start: int = 0) -> Turn:
    """Offer a few topics from place `start` on; "more" goes on behind the last of them, round to the first."""
    topics = moment.content.topics
    shown = topics[start : start + TOPICS_AT_ONCE]
    choices = tuple(f"{verb}.{topic}" for topic in shown)
    more = ("more",) if len(shown) < len(topics) else ()
    listed = replace(state, flow=Flow(kind="list", topic=verb, step=start))
    return moment.answer(listed, f"{verb}.choose", (*choices, *more, "menu", "exit"))


def _more(moment: Moment, state: State) -> Turn:
    if state.flow.kind != "list":
        return _list(moment, state, _kind_for(state, "learn"))
    after = state.flow.step + TOPICS_AT_ONCE
    return _list(moment, state, state.flow.topic, after if after < len(moment.content.topics) else 0)


def _open(moment: Moment, state: State, kind: str, topic: str) -> Turn:
    match kind:
        case "quiz":
            return _ask(moment, replace(state, flow=Flow(kind="quiz", topic=topic)))
        case "advice":
            return _page(moment, replace(state, flow=Flow(kind="advice", topic=topic)))
        case _:
            return _page(moment, replace(state, flow=Flow(kind="lesson", topic=topic)))


def _next(moment: Moment, state: State) -> Turn:
    match state.flow.kind:
        case "lesson" | "advice":
            return _page(moment, replace(state, flow=replace(state.flow, step=state.flow.step + 1)))
        case "quiz":
            return _ask(moment, state)
        case _:
            return _list(moment, state, _kind_for(state, "learn"))


def _page(moment: Moment, state: State) -> Turn:
    """Show the card at hand, or the end of the lesson behind its last card."""
    flow = state.flow
    lesson = moment.content.lesson(flow.topic, state.band, state.language) if flow.kind == "lesson" else None
    pages = lesson or moment.content.advice(flow.topic, state.language)
    if flow.step >= len(pages.cards):
        done = replace(state, flow=Flow())
        after = (f"quiz.{flow.topic}", "learn", "menu", "exit") if lesson else ("advice", "menu", "talk.now", "exit")
        return moment.answer(done, "learn.done" if lesson else "advice.done", after, topic=_title(moment, state))
    text = to_plain(pages.cards[flow.step].text)
    head = f"{pages.title} ({flow.step + 1}/{len(pages.cards)})\n\n"
    card = Say(
        message_id=f"card.{flow.topic}.{flow.step}",
        text=head + text,
        choices=moment.offer(state, ("next", "stop", "exit")),
    )
    return Turn(state=state, effects=(card,))


def _title(moment: Moment, state: State) -> str:
    return moment.content.topic_title(state.flow.topic, state.audience, state.language)


# --- the quiz ------------------------------------------------------------------------------------------------------


def _ask(moment: Moment, state: State, *before: Effect) -> Turn:
    quiz = moment.content.quiz(state.flow.topic, state.band, state.language)
    if state.flow.step >= len(quiz.questions):
        return _score(moment, state, len(quiz.questions), *before)
    question = quiz.questions[state.flow.step]
    options = "\n".join(f"{number}. {option.text}" for number, option in enumerate(question.options, 1))
    asked = Say(
        message_id=f"question.{question.id}",
        text=f"{state.flow.step + 1}/{len(quiz.questions)}. {question.question}\n\n{options}",
        choices=(
            *(Choice(id=f"answer.{number}", label=str(number)) for number in range(1, len(question.options) + 1)),
            *moment.offer(state, ("stop", "exit")),
        ),
    )
    return Turn(state=state, effects=(*before, asked))


def _answer(moment: Moment, state: State, number: str) -> Turn | None:
    """Take an answer to the question now open; without one the ways on are shown and nothing is counted."""
    if state.flow.kind != "quiz":
        return moment.answer(state, "quiz.none_open", _ways(state))
    questions = moment.content.quiz(state.flow.topic, state.band, state.language).questions
    if state.flow.step >= len(questions):
        return _ask(moment, state)  # the quiz has become shorter since: what was answered counts
    question = questions[state.flow.step]
    if not number.isdigit() or not 1 <= int(number) <= len(question.options):
        return _ask(moment, state)
    option = question.options[int(number) - 1]
    flow = replace(state.flow, step=state.flow.step + 1, right=state.flow.right + option.correct)
    after = replace(state, flow=flow)
    verdict = moment.say(after, "quiz.right" if option.correct else "quiz.wrong", why=option.why)
    return _ask(moment, after, verdict)


def _score(moment: Moment, state: State, total: int, *before: Effect) -> Turn:
    done = replace(state, flow=Flow())
    score = moment.say(
        done,
        "quiz.score",
        ("learn", "quiz", "menu", "exit"),
        right=state.flow.right,
        total=total,
        topic=_title(moment, state),
    )
    return Turn(state=done, effects=(*before, score))


def _typed_answer(moment: Moment) -> str | None:
    """Read "2", "b" or "câu 2" as an answer while a quiz question is open."""
    if moment.state.flow.kind != "quiz" or not isinstance(moment.event, Said):
        return None
    word = moment.text.strip().casefold().removeprefix("câu").removeprefix("đáp án").strip(" .)")
    number = _LETTERS.get(word) or (int(word) if word.isdigit() and len(word) == 1 else None)
    return None if number is None else f"answer.{number}"
