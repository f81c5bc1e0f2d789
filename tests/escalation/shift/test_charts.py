"""The board counts what this supervisor may see, and small cells of thirty days cannot be worked out."""

from datetime import timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.permissions import Staff
from escalation.shift.board import ShiftBoard, shift_board
from escalation.shift.charts import DAYS, Charts, charts, told
from tests.escalation.hotline import Hotline
from tests.escalation.shift.hands import LIMITS, present, take_next
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=5).map(
    lambda values: {str(index): value for index, value in enumerate(values)}
)


@settings(deadline=None)  # hidden numbers are tried one by one
@given(COUNTS)
def test_who_knows_the_sum_cannot_work_out_a_hidden_number(counts: dict[str, int]) -> None:
    shown = told(counts)
    hidden = [label for label, count in shown.items() if count is None]
    assert all(shown[label] in (None, count) for label, count in counts.items())
    assert all(count == 0 or count >= 5 for count in shown.values() if count is not None)
    missing = sum(counts.values()) - sum(count for count in shown.values() if count is not None)
    possible = [each for each in product(range(missing + 1), repeat=len(hidden)) if sum(each) == missing]
    for index in range(len(hidden)):
        # Every hidden number could be at least two different ones, unless nothing at all is shown.
        assert not hidden or len(hidden) == len(counts) or len({each[index] for each in possible}) > 1


def test_large_numbers_and_zeros_are_told() -> None:
    assert told({"a": 12, "b": 0, "c": 5}) == {"a": 12, "b": 0, "c": 5}
    assert told({"a": 12, "b": 1, "c": 5}) == {"a": 12, "b": None, "c": None}


async def look(hotline: Hotline, staff: Staff) -> tuple[ShiftBoard, Charts]:
    async with hotline.database.reading() as unit:
        return await shift_board(unit, VAULT, staff, LIMITS, hotline.now), await charts(unit, VAULT, staff, hotline.now)


async def test_the_board_shows_who_is_on_and_what_waits_too_long(hotline: Hotline) -> None:
    lan, nam = await hotline.staff("lan"), await hotline.staff("nam")
    thu = await hotline.staff("thu", "supervisor")
    await present(hotline, lan, nam)
    await hotline.child("a", harms=("scam",))
    await take_next(hotline, lan)
    await hotline.child("b")
    hotline.pass_time(200)
    board, drawn = await look(hotline, thu)
    assert (board.soon, board.late, len(board.waiting), len(board.going)) == (2, 0, 1, 1)
    hotline.pass_time(100)
    await present(hotline, nam)
    board, drawn = await look(hotline, thu)
    assert (board.soon, board.late) == (0, 2)
    assert [(one.name, one.here, one.load.children) for one in board.people] == [
        ("Cô nam", "ready", 0),
        ("Cô lan", "away", 1),
    ]
    assert board.free == 1
    assert board.longest_since == hotline.now - timedelta(seconds=300)
    assert sum(bar.count or 0 for bar in drawn.hours) == 2
    assert len(drawn.days) == DAYS
    assert drawn.days[-1].count is None  # two children in a day are not told


async def test_the_board_of_an_area_counts_its_own_children(lite_hotline: Hotline) -> None:
    hotline = lite_hotline
    await hotline.child("a", area="Lào Cai")
    await hotline.child("b", area="Hà Giang")
    await hotline.child("c")
    far = await hotline.staff("far", area="Hà Giang")
    thu = await hotline.staff("thu", "supervisor", "Lào Cai")
    near = await hotline.staff("near", area="Lào Cai; Yên Bái")
    await present(hotline, thu, near, far)
    board, drawn = await look(hotline, thu)
    assert len(board.waiting) == 2
    assert sum(bar.count or 0 for bar in drawn.hours) == 2
    assert {one.staff_id for one in board.people} == {"thu", "near"}
