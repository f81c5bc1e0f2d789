"""The safety card: chosen or typed line by line, the child's own, out of sight after exit and change of person."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.effects import Say
from bot.flows.menu import ways_of
from bot.moment import Moment, Turn
from bot.plan import KEPT, OPTIONS, OWN_LENGTH, STEPS, Entry, Plan, still_kept
from bot.state import Contact, Flow, State, change_person, from_json, to_json
from bot.turn import turn
from tests.bot.moments import NOW, child, disclosure, matter, of_kind, our_content, pressed, said, spoken

TODAY = NOW.date()
MADE = Plan(entries=(Entry(option=1), Entry(own="dì Tư"), None, Entry(option=1)), on=TODAY)


def words(result: Turn) -> str:
    return "\n".join(effect.text for effect in of_kind(result, Say))


def step(number: int, plan: Plan | None = None) -> State:
    return child(flow=Flow(kind="plan", step=number), plan=plan or Plan(on=TODAY))


def test_four_answers_make_a_card_in_one_message() -> None:
    result = turn(said("kế hoạch an toàn", state=child()))
    assert spoken(result) == ["plan.begin", "plan.place"]
    for answer in ("answer.1", "answer.2", "item.skip"):
        result = turn(pressed(answer, state=result.state))
    assert spoken(result) == ["plan.calm"]
    result = turn(said("ôm con mèo", state=result.state))
    assert spoken(result) == ["plan.card"]
    text = words(result)
    content = our_content()
    for piece in (
        content.say("plan.place.1", "11-14"),
        content.say("plan.person.2", "11-14"),
        "ôm con mèo",
        "111",
        "113",
        "115",
    ):
        assert piece.strip() in text
    assert "Mang theo" not in text
    assert result.state.flow.kind == "idle"


@pytest.mark.parametrize("typed", ["2", "b", "câu 2"])
def test_a_typed_number_chooses(typed: str) -> None:
    result = turn(said(typed, state=step(0)))
    assert result.state.plan is not None
    assert result.state.plan.entries[0] == Entry(option=2)


def test_a_number_that_is_no_option_shows_the_question_again() -> None:
    result = turn(pressed("answer.9", state=step(1)))
    assert spoken(result) == ["plan.person"]
    assert result.state.flow.step == 1


def test_own_words_have_sixty_letters_at_most() -> None:
    longest = turn(said("a" * OWN_LENGTH, state=step(0)))
    assert longest.state.plan is not None
    assert longest.state.plan.entries[0] == Entry(own="a" * OWN_LENGTH)
    longer = turn(said("a" * (OWN_LENGTH + 1), state=step(0)))
    assert spoken(longer) == ["plan.long", "plan.place"]
    assert longer.state.plan == Plan(on=TODAY)


@settings(deadline=None)
@given(typed=st.text(max_size=80))
def test_whatever_is_typed_the_card_never_holds_more_than_it_may(typed: str) -> None:
    result = turn(said(typed, state=step(2)))
    plan = result.state.plan
    assert plan is not None
    assert len(plan.entries) == len(STEPS)
    assert all(len(entry.own) <= OWN_LENGTH for entry in plan.entries if entry is not None)


def test_nothing_of_the_card_is_written_into_the_transcript() -> None:
    for moment in (
        pressed("plan", state=child(plan=MADE)),
        said("dì Tư", state=step(1)),
        pressed("plan", state=child()),
    ):
        assert turn(moment).private


def test_a_disclosure_while_the_card_is_made_is_heard() -> None:
    result = turn(said("bố đánh em", disclosure(), state=step(0)))
    assert spoken(result) == ["disclosure.self"]
    assert not result.private
    assert result.state.plan == Plan(on=TODAY)


def test_it_is_shown_changed_and_erased() -> None:
    assert "dì Tư" in words(turn(pressed("plan", state=child(plan=MADE))))
    changing = turn(pressed("plan.change", state=child(plan=MADE)))
    assert spoken(changing) == ["plan.begin", "plan.place"]
    kept = turn(pressed("item.skip", state=changing.state)).state.plan
    assert kept == MADE
    assert turn(pressed("plan.erase", state=child(plan=MADE))).state.plan is None


def test_the_menu_names_it_only_while_there_is_one_in_sight() -> None:
    assert "plan" not in ways_of(child())
    assert "plan" in ways_of(child(plan=MADE))
    assert "plan" not in ways_of(child(plan=Plan(on=TODAY, hidden=True)))


def test_a_quick_exit_hides_it_until_it_is_asked_for_by_name() -> None:
    gone = turn(pressed("exit", state=child(plan=MADE))).state
    assert gone.plan is not None
    assert gone.plan.hidden
    assert "dì Tư" not in words(turn(pressed("menu", state=gone)))
    back = turn(pressed("plan", state=gone))
    assert "dì Tư" in words(back)
    assert "plan" in ways_of(back.state)


def test_a_change_of_person_takes_it_out_of_reach_and_brings_it_back_hidden() -> None:
    parent = change_person(child(plan=MADE), "parent")
    assert parent.plan is None
    assert spoken(turn(pressed("plan", state=parent))) == ["plan.parent"]
    again = change_person(parent, "child")
    assert again.plan is not None
    assert again.plan.hidden
    assert again.plan.entries == MADE.entries


def test_delete_erases_it() -> None:
    asked = turn(pressed("delete", state=child(plan=MADE))).state
    assert turn(pressed("delete.confirm", state=asked)).state.plan is None


def test_no_card_is_made_while_a_case_is_open_and_nothing_is_given_away() -> None:
    for contact in (Contact(case_id="case"), Contact(case_id="case", hidden=True)):
        result = turn(pressed("plan", state=child(contact=contact, matter=matter("shared"))))
        assert spoken(result) == ["plan.busy"]
        assert "111" not in words(result)


def test_it_is_offered_once_help_was_put_off_and_to_children_alone() -> None:
    offered = turn(pressed("talk.later", state=child(matter=matter()))).effects[0]
    assert isinstance(offered, Say)
    assert "plan" in {choice.id for choice in offered.choices}
    parent = turn(pressed("talk.later", state=State(role="parent", greeted=True, matter=matter()))).effects[0]
    assert isinstance(parent, Say)
    assert "plan" not in {choice.id for choice in parent.choices}


def test_it_is_kept_a_year_after_it_was_last_looked_at() -> None:
    assert still_kept(MADE, TODAY + KEPT - timedelta(days=1)) == MADE
    assert still_kept(MADE, TODAY + KEPT) is None
    later: Moment = pressed("plan", state=child(plan=MADE), now=NOW + timedelta(days=100))
    assert turn(later).state.plan != MADE


def test_it_is_stored_and_read_back() -> None:
    assert from_json(to_json(child(plan=MADE))) == child(plan=MADE)


@pytest.mark.parametrize("audience", ["6-10", "11-14", "15-17", "unknown"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_option_has_words_for_every_child_and_fits_the_card(audience: str, language: str) -> None:
    for name in STEPS:
        for number in range(1, OPTIONS + 1):
            option = our_content().say(f"plan.{name}.{number}", audience, language)  # type: ignore[arg-type]
            assert 0 < len(option.strip()) <= OWN_LENGTH
