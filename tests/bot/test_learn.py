"""The list of topics: a few at a time, all of them in one round."""

import pytest

from bot.effects import Say
from bot.flows.topic_list import TOPICS_AT_ONCE
from bot.moment import Turn
from bot.state import State
from bot.turn import turn
from tests.bot.moments import child, of_kind, our_content, pressed


def offered(result: Turn) -> list[str]:
    """Return the ids of the buttons of the last thing said."""
    return [choice.id for choice in of_kind(result, Say)[-1].choices]


@pytest.mark.parametrize(
    ("state", "opened", "verb"),
    [
        (child(), "learn", "learn"),
        (child(), "quiz", "quiz"),
        (State(role="parent", greeted=True), "learn", "advice"),
        (State(role="parent", greeted=True), "advice", "advice"),
    ],
)
def test_a_round_through_the_list_shows_every_topic_once_and_begins_anew(state: State, opened: str, verb: str) -> None:
    result = turn(pressed(opened, state=state))
    first, seen = offered(result), list[str]()
    while not seen or offered(result) != first:
        topics = [choice for choice in offered(result) if choice.startswith(f"{verb}.")]
        assert 1 <= len(topics) <= TOPICS_AT_ONCE
        path = ["path"] if (verb, seen) == ("learn", []) else []
        assert offered(result) == [*path, *topics, "more", "menu", "exit"]
        seen += topics
        result = turn(pressed("more", state=result.state))
    assert seen == [f"{verb}.{topic}" for topic in our_content().topics]


def test_more_asked_for_out_of_nowhere_shows_the_list() -> None:
    assert offered(turn(pressed("more", state=child())))[1].startswith("learn.")


def test_a_topic_of_another_page_is_opened_by_its_name() -> None:
    listed = turn(pressed("learn", state=child())).state
    assert turn(pressed("learn.help_seeking", state=listed)).state.flow.topic == "help_seeking"
