"""The figures of mutation testing: by module, and what was not run counts as not killed."""

from collections import Counter

import pytest

from bench.mutants import counted, share, table

LINES = [
    "    bot.turn.x_turn__mutmut_1: killed",
    "    bot.turn.x_turn__mutmut_2: survived",
    "    bot.turn.x__prepare__mutmut_1: timeout",
    "    escalation.consent.x_record__mutmut_1: not checked",
    "",
]


def test_mutants_are_counted_by_module_and_by_how_they_ended() -> None:
    assert counted(LINES) == {
        "bot.turn": Counter(killed=1, survived=1, timeout=1),
        "escalation.consent": Counter({"not checked": 1}),
    }


@pytest.mark.parametrize(
    ("statuses", "killed"),
    [({"killed": 9, "survived": 1}, 90), ({"killed": 1, "timeout": 1}, 100), ({"not checked": 2, "no tests": 1}, 0)],
)
def test_only_what_a_test_noticed_was_killed(statuses: dict[str, int], killed: float) -> None:
    assert share(statuses) == killed


def test_the_table_has_a_row_for_each_module_and_one_for_all() -> None:
    assert table(counted(LINES))[2:] == [
        "| `bot.turn` | 3 | 2 | 1 | 66.7 |",
        "| `escalation.consent` | 1 | 0 | 1 | 0.0 |",
        "| `all` | 4 | 2 | 2 | 50.0 |",
    ]
    assert len(table({})) == 2
