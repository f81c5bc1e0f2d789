"""A question with numbered options: how it is shown, and how its answer is read."""

from collections.abc import Sequence

from bot.effects import Choice, Say
from bot.events import Said
from bot.moment import Moment
from bot.state import SKIPPABLE, State
from content.schema import Question

ASKING = SKIPPABLE | {"quiz", "daily"}
"""The flows in which a bare number is an answer."""
_LETTERS = {letter: number for number, letter in enumerate("abcde", 1)}


def show(moment: Moment, state: State, question: Question, before: str, ways: Sequence[str] = ("stop", "exit")) -> Say:
    """Show a question behind the words `before` it, its options numbered, with the other ways on behind."""
    options = "\n".join(f"{number}. {option.text}" for number, option in enumerate(question.options, 1))
    return Say(
        message_id=f"question.{question.id}",
        text=f"{before}{question.question}\n\n{options}",
        choices=(*numbers(len(question.options)), *moment.offer(state, ways)),
    )


def numbers(most: int) -> tuple[Choice, ...]:
    """Return a button for each option."""
    return tuple(Choice(id=f"answer.{number}", label=str(number), number=number) for number in range(1, most + 1))


def chosen(answer: str, options: int) -> int | None:
    """Return the place, from 0, of the option that an answer names."""
    return int(answer) - 1 if answer.isdecimal() and 1 <= int(answer) <= options else None


def typed_answer(moment: Moment) -> str | None:
    """Read "2", "b" or "câu 2" as an answer while a question is open."""
    if moment.state.flow.kind not in ASKING or not isinstance(moment.event, Said):
        return None
    word = moment.text.strip().casefold().removeprefix("câu").removeprefix("đáp án").strip(" .)")
    number = _LETTERS.get(word) or (int(word) if word.isdecimal() and len(word) == 1 else None)
    return None if number is None else f"answer.{number}"


def verdict(moment: Moment, state: State, question: Question, place: int) -> Say:
    """Say whether the option was right, and why."""
    option = question.options[place]
    return moment.say(state, "quiz.right" if option.correct else "quiz.wrong", why=option.why)
