import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.wording import fill, placeholders, stamp


def test_places() -> None:
    assert placeholders("Chào {name}, {name} và {age_band}") == {"name", "age_band"}


@pytest.mark.parametrize("text", ["{", "}", "{Name}", "{ name }", "{}", "{name!r}", "{{name}}", "{name"])
def test_a_brace_that_is_no_place(text: str) -> None:
    with pytest.raises(ValueError, match=r"\{name\}"):
        placeholders(text)


@given(st.text(), st.text())
def test_values_are_put_in_as_they_are(name: str, other: str) -> None:
    assert fill("a {x} b {y} {x}", {"x": name, "y": other}) == f"a {name} b {other} {name}"


def test_the_stamp_is_stable() -> None:
    assert stamp("consent.phone", 2, "Đồng ý?") == "consent.phone@2:393bae"
