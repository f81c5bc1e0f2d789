"""The erasure list gives back what was added, whatever a crash left of a line; a damaged line is named."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.erasures import Erasure, ErasureList, ErasureListError

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
erasures = st.builds(
    Erasure,
    number=st.integers(1, 10**9),
    at=st.datetimes(timezones=st.just(UTC)),
    what=st.sampled_from(["all", "case", "lines"]),
    conversation=st.text("0123456789abcdef", min_size=32, max_size=32),
    turn=st.integers(1, 10**6),
    person=st.sampled_from(["child", "parent"]),
    from_seq=st.integers(1, 10**6),
    to_seq=st.integers(1, 10**6),
    case=st.none() | st.text("0123456789abcdef", min_size=32, max_size=32),
    claimed=st.booleans(),
)
ONE = Erasure(number=1, at=NOW, what="all", conversation="c", turn=9, person="child", from_seq=1, to_seq=9)


@given(entries=st.lists(erasures, max_size=5), torn=erasures, cut=st.integers(1, 60))
def test_what_was_added_is_read_in_order_and_a_torn_line_spoils_no_other(
    entries: list[Erasure], torn: Erasure, cut: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        listed = ErasureList(Path(folder) / "erased.jsonl")
        for entry in entries[:2]:
            listed.add(entry)
        with listed.path.open("ab") as file:
            file.write(b"\n" + torn.model_dump_json().encode()[:cut])
        for entry in entries[2:]:
            listed.add(entry)
        assert listed.read() == tuple(entries)


def test_no_list_yet_is_an_empty_one(tmp_path: Path) -> None:
    listed = ErasureList(tmp_path / "erased.jsonl")
    assert listed.read() == ()
    listed.prepare()
    assert listed.read() == ()
    assert listed.path.stat().st_mode & 0o077 == 0


def test_a_damaged_line_is_named_with_what_to_do(tmp_path: Path) -> None:
    listed = ErasureList(tmp_path / "erased.jsonl")
    listed.add(ONE)
    with listed.path.open("ab") as file:
        file.write(b'{"number": "many"}\n')
    with pytest.raises(ErasureListError, match=r"erased\.jsonl:3: .* Put the list back"):
        listed.read()


def test_a_list_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ErasureListError, match="KHIEN_ERASURE_LIST"):
        ErasureList(tmp_path / "nowhere" / "erased.jsonl").prepare()


def test_a_line_holds_ids_and_times_only() -> None:
    assert set(Erasure.model_fields) == {
        "number", "at", "what", "conversation", "turn", "person", "from_seq", "to_seq", "case", "claimed",
    }  # fmt: skip
