"""What the authors' preview shows is what the bot says."""

import pytest

from bot.effects import Say
from bot.state import SKIPPABLE, Flow
from bot.turn import turn
from content.library import CONTENT_FOLDER
from content.preview.pieces import Kind, pieces, screens
from content.schema import BANDS
from content.tree import read_tree
from tests.bot.moments import child, of_kind, our_content, pressed

PIECES = pieces(read_tree(CONTENT_FOLDER))


def shown(kind: Kind, key: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the preview shows: text and labels."""
    piece = PIECES[kind, key, "vi"]
    return [(screen.text, screen.labels) for screen in screens(our_content(), piece, piece.audiences[0])]


def say(effect: Say) -> tuple[str, tuple[str, ...]]:
    return effect.text, tuple(choice.label for choice in effect.choices)


@pytest.mark.parametrize("band", BANDS)
def test_the_cards_of_a_lesson(band: str) -> None:
    cards = shown("lesson", f"scam.{band}")
    result = turn(pressed("learn.scam", state=child(band)))
    while result.state.flow.kind in SKIPPABLE:
        result = turn(pressed("item.skip", state=result.state))
    for card in cards:
        assert say(of_kind(result, Say)[-1]) == card
        result = turn(pressed("next", state=result.state))


@pytest.mark.parametrize("band", BANDS)
def test_the_questions_and_answers_of_a_quiz(band: str) -> None:
    screens_of_quiz = shown("quiz", f"scam.{band}")
    questions = our_content().quiz("scam", band).questions  # type: ignore[arg-type]
    for step, question in enumerate(questions):
        asked, *verdicts = screens_of_quiz[: len(question.options) + 1]
        screens_of_quiz = screens_of_quiz[len(question.options) + 1 :]
        state = child(band, flow=Flow(kind="quiz", topic="scam", step=step))
        assert say(of_kind(turn(pressed("next", state=state)), Say)[-1]) == asked
        for place, verdict in enumerate(verdicts, start=1):
            assert say(of_kind(turn(pressed(f"answer.{place}", state=state)), Say)[0]) == verdict
    assert screens_of_quiz == []
