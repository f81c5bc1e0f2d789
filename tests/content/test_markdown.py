import pytest

from content.markdown import Block, blocks, faults, without_bold


def test_blocks_of_a_card() -> None:
    text = "## Dừng\nMột.\nHai.\n\n- a\n  b\n\n- c\n3. d\n4) e\n\nf"
    assert blocks(text) == (
        Block(kind="heading", lines=("Dừng",)),
        Block(kind="paragraph", lines=("Một.", "Hai.")),
        Block(kind="bullets", lines=("a b", "c")),
        Block(kind="steps", lines=("d", "e"), start=3),
        Block(kind="paragraph", lines=("f",)),
    )


def test_a_number_is_not_a_step() -> None:
    assert blocks("111. Gọi đi") == (Block(kind="paragraph", lines=("111. Gọi đi",)),)


def test_a_heading_further_down_stays_as_words() -> None:
    assert [block.kind for block in blocks("a\n\n## b")] == ["paragraph", "paragraph"]


def test_bold() -> None:
    assert without_bold("**a** b **c d**, 2 ** 3") == "a b c d, 2 ** 3"


@pytest.mark.parametrize(
    "text", ["## Dừng", "- **a**: b", "1. a\n2. b", "a - b", "3 < 4", "a_b_c", "#tag? không", "**a** và **b**."]
)
def test_what_cards_may_use(text: str) -> None:
    allowed = [] if not text.startswith("#tag") else [(0, "a heading that is not `## `")]
    assert list(faults(text)) == allowed


@pytest.mark.parametrize(
    "text",
    [
        "### a", "> a", "| a |", "`a`", "[a](b)", "![a](b)", "<br>", "http://a", "*a*", "* a", "**a", "***",
        "___", "a\n===", "- a\n  - b", "a\n## b", "1. a\n   2. b",
    ],
)  # fmt: skip
def test_what_cards_do_without(text: str) -> None:
    assert [line for line, _ in faults(text)] == [text.count("\n")]
