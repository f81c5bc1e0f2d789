"""Steps survive a file, and a broken file is told about in words."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulation.steps import Replay, ReplayError, Step, read_replay, write_replay

MOMENTS = st.floats(min_value=0, max_value=1e7, allow_nan=False)
LINES = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=3).map(tuple)
STEPS = st.one_of(
    st.builds(Step, at=MOMENTS, person=st.integers(0, 99), id=st.integers(0, 9), says=LINES),
    st.builds(Step, at=MOMENTS, person=st.integers(0, 99), presses=st.sampled_from(["menu", "exit", "no"])),
    st.builds(Step, at=MOMENTS, staff=st.integers(0, 5), does=st.sampled_from(["takes", "looks", "closes"])),
    st.builds(Step, at=MOMENTS, jumps=st.floats(min_value=1, max_value=1e6)),
)


@settings(deadline=None)
@given(steps=st.lists(STEPS, max_size=5).map(tuple))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, steps: tuple[Step, ...]) -> None:
    file = tmp_path_factory.mktemp("replay") / "replay.yml"
    replay = Replay(check="one_owner", words="a: b", seed=3, steps=steps)
    write_replay(file, replay)
    assert read_replay(file) == replay


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("steps: [", "not YAML"),
        ("check: a\nwords: b\nseed: 1\nsteps: [{at: 1}]", "exactly one of says"),
        ("check: a\nwords: b\nseed: 1\nsteps: [{at: 1, says: [hi]}]", "is a `person`"),
        ("check: a\nwords: b\nseed: 1\nsteps: [{at: 1, jumps: 5, turn_faults: ['fire:1']}]", "steps.0.turn_faults.0"),
        ("seed: 1", "check"),
    ],
)
def test_a_broken_file_is_told_about_in_words(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "replay.yml"
    file.write_text(text)
    with pytest.raises(ReplayError, match=r"replay\.yml") as told:
        read_replay(file)
    assert words in str(told.value)


def test_a_missing_file_is_told_about_in_words(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="cannot be read"):
        read_replay(tmp_path / "none.yml")
