"""The gentle question is asked once about a hint; who hints again is not answered by small talk."""

from bot.turn import turn
from nlu.understanding import Understanding
from tests.bot.moments import borderline, child, disclosure, said, spoken

HINT = borderline("moderate", "domestic_violence")


def after(*texts: str, heard: Understanding = HINT) -> list[list[str]]:
    """Return what the bot says to each of these messages of one child, all of them heard alike."""
    state, replies = child(), []
    for text in texts:
        result = turn(said(text, heard, state=state))
        state = result.state
        replies.append(spoken(result))
    return replies


def test_the_very_words_again_are_an_answer_about_the_child_itself() -> None:
    assert after("em sợ về nhà", "Em sợ về nhà!") == [["about.ask"], ["disclosure.self"]]


def test_the_same_hint_in_other_words_is_met_by_presence_and_once_only() -> None:
    asked, again, third = after("em sợ về nhà", "hông muốn về", "ở nhà sợ lắm")
    assert (asked, again) == (["about.ask"], ["disclosure.here"])
    assert third != ["disclosure.here"]
    assert "about.ask" not in third


def test_a_disclosure_after_the_question_is_answered_as_one() -> None:
    state = turn(said("em sợ về nhà", HINT, state=child())).state
    assert spoken(turn(said("ba đánh em", disclosure("high", "physical_abuse"), state=state))) == ["disclosure.self"]
