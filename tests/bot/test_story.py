"""A line that is left out takes the answer to it along, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from bot.story import Line, own_lines, with_answers

stories = st.lists(st.booleans(), max_size=12).map(
    lambda owns: tuple(Line(seq=3 * place, own=own, text=f"t{place}") for place, own in enumerate(owns))
)


@given(lines=stories, data=st.data())
def test_what_was_chosen_goes_and_no_other_own_line(lines: tuple[Line, ...], data: st.DataObject) -> None:
    own = {line.seq for line in own_lines(lines)}
    chosen = data.draw(st.sets(st.sampled_from(sorted(own)))) if own else set()
    assert set(with_answers(lines, chosen)) & own == chosen


@given(lines=stories)
def test_with_nothing_chosen_everything_stays(lines: tuple[Line, ...]) -> None:
    assert with_answers(lines, ()) == ()


def test_an_answer_goes_with_any_line_of_the_burst_it_answers() -> None:
    owns = [False, True, True, False, False, True, False]
    lines = tuple(Line(seq=seq, own=own, text="x") for seq, own in enumerate(owns))
    assert with_answers(lines, {1}) == (1, 3, 4)
    assert with_answers(lines, {5}) == (5, 6)
