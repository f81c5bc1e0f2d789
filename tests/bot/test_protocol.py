"""The consent machine: only the table's steps, a case only through a yes to an open question."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol import TRANSITIONS, Stage, StageEvent, advance, diagram

STAGES: tuple[Stage, ...] = get_args(Stage)
EVENTS: tuple[StageEvent, ...] = get_args(StageEvent)
ENDED: tuple[Stage, ...] = ("refused", "lapsed", "later")
walks = st.lists(st.sampled_from(EVENTS), max_size=30)


def walk(events: list[StageEvent], start: Stage | None = None) -> list[Stage | None]:
    """Return every stage on the way; an event that means nothing at a stage changes nothing."""
    stages: list[Stage | None] = [start]
    for event in events:
        stages.append(advance(stages[-1], event) or stages[-1])
    return stages


@pytest.mark.parametrize("stage", [None, *STAGES])
@pytest.mark.parametrize("event", EVENTS)
def test_every_step_is_in_the_table_or_means_nothing(stage: Stage | None, event: StageEvent) -> None:
    assert advance(stage, event) == TRANSITIONS.get((stage, event))


@given(events=walks)
def test_a_case_is_reached_only_by_a_yes_to_the_open_question(events: list[StageEvent]) -> None:
    stages = walk(events)
    for before, event, after in zip(stages, events, stages[1:], strict=False):
        if after == "shared" and before != "shared":
            assert event == "yes"
            assert before in {"asked", "asked_again"}


@given(events=walks)
def test_a_shared_matter_stays_shared_whatever_is_said(events: list[StageEvent]) -> None:
    assert set(walk(events, "shared")) == {"shared"}


@given(before=walks, between=st.lists(st.sampled_from(["hear", "talk"]), max_size=5))
def test_two_unclear_answers_end_the_question_even_with_more_told_between(
    before: list[StageEvent], between: list[StageEvent]
) -> None:
    if walk(before)[-1] == "asked":
        events: list[StageEvent] = ["unclear", *between, "unclear"]
        assert walk(events, "asked")[-1] == "lapsed"


@pytest.mark.parametrize("stage", ENDED)
@given(events=st.lists(st.sampled_from(EVENTS), min_size=1, max_size=10))
def test_after_a_no_it_is_offered_again_only_when_the_child_tells_or_asks(
    stage: Stage, events: list[StageEvent]
) -> None:
    stages = walk(events, stage)
    for before, event, after in zip(stages, events, stages[1:], strict=False):
        if before in ENDED and after not in ENDED:
            assert (event, after) in {("hear", "told"), ("talk", "asked")}


@pytest.mark.parametrize("stage", [None, "told", *ENDED, "shared"])
@pytest.mark.parametrize("answer", ["yes", "no", "unclear"])
def test_an_answer_without_an_open_question_means_nothing(stage: Stage | None, answer: StageEvent) -> None:
    assert advance(stage, answer) is None


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_is_out_of_reach(stage: Stage) -> None:
    reached: set[Stage | None] = {None}
    while True:
        more = {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached
        if not more:
            break
        reached |= more
    assert stage in reached


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "shared"])
def test_from_every_stage_a_child_can_still_reach_a_counsellor(stage: Stage) -> None:
    events: list[StageEvent] = ["talk", "yes"]
    assert walk(events, stage)[-1] == "shared"


def test_the_diagram_names_every_step_once() -> None:
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    drawn = [f"    {stage or '[*]'} --> {after}: {event}" for (stage, event), after in TRANSITIONS.items()]
    assert lines[1:] == drawn
    assert len(set(lines)) == len(lines)
